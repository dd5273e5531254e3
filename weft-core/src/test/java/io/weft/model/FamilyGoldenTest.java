package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.golden.Golden;
import io.weft.model.family.Architectures;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.Sft;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Every golden model folder of a family that Weft knows: logits, hidden states, losses, gradients and greedy decoding
 * of the Hugging Face stack.
 */
class FamilyGoldenTest {
    private double worst;

    @Test void everyKnownFamilyAgreesWithHuggingFace() {
        int ran = 0;
        for (Path folder : Golden.folders("models", "golden.json")) {
            if (known(folder)) {
                worst = 0;
                Scope.run(() -> check(folder));
                System.out.printf("golden %s: worst logit difference %.1e%n", Golden.name(folder), worst);
                ran++;
            }
        }
        Golden.ran("models", ran);
    }

    private static boolean known(Path folder) {
        String type = config(folder).modelType();
        boolean known = Architectures.all().stream().anyMatch(a -> a.modelTypes().contains(type));
        if (!known) {
            Golden.skipped(folder, "no architecture for model_type " + type + " yet");
        }
        return known;
    }

    @Test void shardsAndBf16AndOldConfigKeysReadAsTheSameModel(@TempDir Path copies) throws IOException {
        int ran = 0;
        for (Path folder : Golden.folders("models", "config.json")) {
            if (!known(folder)) {
                continue;
            }
            if (Files.exists(folder.resolve("model.safetensors.index.json"))) {
                Map<String, Tensor> expected = golden(sameWhole(folder));
                close(logits(ModelFolder.open(folder).load(), expected.get("in.ids")), expected.get("nopad.logits"),
                        1e-4);
                ran++;
            }
            if (Files.exists(folder.resolve("golden.safetensors"))
                    && golden(folder).containsKey("logits_fp32_compute")) {
                Map<String, Tensor> narrow = golden(folder);
                close(logits(ModelFolder.open(folder).load(), narrow.get("in.ids")), narrow.get("logits_fp32_compute"),
                        1e-4);
                ran++;
            }
            if (Files.exists(folder.resolve("config_legacy.json"))) {
                Path legacy = Files.createDirectory(copies.resolve(folder.getFileName()));
                Files.copy(folder.resolve("config_legacy.json"), legacy.resolve("config.json"));
                Files.copy(folder.resolve("model.safetensors"), legacy.resolve("model.safetensors"));
                Map<String, Tensor> expected = golden(folder);
                close(logits(ModelFolder.open(legacy).load(), expected.get("in.ids")), expected.get("nopad.logits"),
                        1e-4);
                ran++;
            }
        }
        Golden.ran("models in other forms", ran);
    }

    /** The folder of the same weights in one fp32 file: NAME of NAME_sharded, NAME_bin. */
    static Path sameWhole(Path folder) {
        String name = folder.getFileName().toString();
        return folder.resolveSibling(name.substring(0, name.lastIndexOf('_')));
    }

    private static Map<String, Tensor> golden(Path folder) {
        return SafeTensors.open(folder.resolve("golden.safetensors")).readAll();
    }

    private void check(Path folder) {
        Map<String, Tensor> golden = golden(folder);
        JsonNode numbers = Golden.json(folder.resolve("golden.json"));
        CausalLm model = ModelFolder.open(folder).load();
        assertThat(model.weightCount()).isEqualTo(numbers.path("num_parameters").asLong());

        close(logits(model, golden.get("in.ids")), golden.get("nopad.logits"), 1e-4);
        hiddenStates(model, GoldenRows.rows(golden.get("in.ids"))[0], golden,
                config(folder).modelType().equals("chatglm"));
        loss(model, golden, "in.ids", "in.labels", null, golden.get("nopad.loss"));
        loss(model, golden, "in.right_ids", "in.right_labels", "in.right_mask", golden.get("right.loss"));
        loss(model, golden, "in.left_ids", "in.left_labels", "in.left_mask", golden.get("left_pos.loss"));
        padded(model, golden);
        if (numbers.path("gen_min_top2_gap").asDouble() > 1e-3) {
            int end = ModelFolder.open(folder).endIds().iterator().next();
            greedy(model, golden, end, numbers.path("gen_eos_pad_token_id").asInt());
        } else {
            Golden.skipped(Golden.name(folder) + " greedy", "two tokens are too close to tell them apart");
        }
        gradients(model, golden, numbers.path("grads"));
    }

    /**
     * Row 1 alone, its padding cut off: right, left with positions that count the padding, and left with positions that
     * do not.
     */
    private void padded(CausalLm model, Map<String, Tensor> golden) {
        int[] right = GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", 1);
        close(model.logits(model.hidden(right, Pass.single(right.length))), golden.get("right.logits_row1_valid"),
                1e-4);
        int[] left = GoldenRows.unpadded(golden, "in.left_ids", "in.left_mask", 1);
        int pads = (int) golden.get("in.left_ids").size(1) - left.length;
        int[] shifted = new int[left.length];
        Arrays.setAll(shifted, i -> i + pads);
        Tensor counted = model.logits(model.hidden(left, Pass.of(shifted, new int[] {0, left.length})));
        Tensor last = golden.get("left.logits_row1_last6");
        close(counted.narrow(0, left.length - last.size(0), last.size(0)), last, 1e-4);
        Tensor fromZero = model.logits(model.hidden(left, Pass.single(left.length)));
        last = golden.get("left_pos.logits_row1_last6");
        close(fromZero.narrow(0, left.length - last.size(0), last.size(0)), last, 1e-4);
    }

    private static HfConfig config(Path folder) { return HfConfig.read(folder.resolve("config.json")); }

    /**
     * @param rawLast whether the family's own code hands out its last hidden state before the final norm, not after it
     */
    private void hiddenStates(CausalLm model, int[] first, Map<String, Tensor> golden, boolean rawLast) {
        int length = first.length;
        Pass pass = Pass.single(length);
        Tensor x = model.embed(first, pass);
        for (int i = 0; i < model.blocks().size(); i++) {
            close(x, golden.get("nopad.hidden." + i).narrow(0, 0, 1).squeeze(0), 1e-4);
            x = model.blocks().get(i).forward(x, i, pass);
        }
        close(rawLast ? x : model.norm().forward(x), golden.get("nopad.hidden." + model.blocks().size()).narrow(0, 0, 1)
                .squeeze(0), 1e-4);
    }

    private void loss(CausalLm model,
            Map<String, Tensor> golden, String ids, String labels, String mask, Tensor expected) {
        Batch batch = batch(golden, ids, labels, mask);
        assertThat(new BlockWalk(model).loss(batch, new Sft()).mean()).isCloseTo(expected.item(), within(2e-5));
    }

    /** @param end where a generation stops  @param pad what fills its row from there on */
    private void greedy(CausalLm model, Map<String, Tensor> golden, int end, int pad) {
        int[][] prompts = GoldenRows.rows(golden.get("in.ids"));
        Tensor expected = golden.get("gen.sequences");
        int[][] decoded = decode(model, prompts, (int) expected.size(1) - prompts[0].length, golden, end, pad);
        assertThat(decoded).isDeepEqualTo(GoldenRows.rows(expected));

        // From the left-padded batch: rows of different length, decoded together.
        int[][] uneven = IntStream.range(0, prompts.length)
                .mapToObj(row -> GoldenRows.unpadded(golden, "in.left_ids", "in.left_mask", row)).toArray(int[][]::new);
        int[][] left = GoldenRows.rows(golden.get("gen_left.sequences"));
        int width = (int) golden.get("in.left_ids").size(1), fresh = left[0].length - width;
        int[][] made = decode(model, uneven, fresh, null, end, pad);
        for (int row = 0; row < uneven.length; row++) {
            assertThat(Arrays.copyOfRange(made[row], uneven[row].length, made[row].length))
                    .isEqualTo(Arrays.copyOfRange(left[row], width, left[row].length));
        }
    }

    /**
     * Greedy decoding with a cache; also compares the logits of the first and last step when there are goldens for
     * them.
     */
    private int[][] decode(CausalLm model, int[][] prompts, int fresh, Map<String, Tensor> golden, int end, int pad) {
        return Scope.value(() -> {
            int longest = Arrays.stream(prompts).mapToInt(p -> p.length).max().orElseThrow() + fresh;
            KeyValueCache cache = model.cache(prompts.length * KeyValueCache.pagesFor(longest));
            List<KeyValueCache.Row> rows = cache.open(prompts.length);
            List<List<Integer>> all = new ArrayList<>();
            for (int[] prompt : prompts) {
                all.add(new ArrayList<>(Arrays.stream(prompt).boxed().toList()));
            }
            int[] counts = Arrays.stream(prompts).mapToInt(p -> p.length).toArray();
            int[] next = Arrays.stream(prompts).flatMapToInt(Arrays::stream).toArray();
            for (int step = 0; step < fresh; step++) {
                Tensor hidden = model.hidden(next, cache.next(rows, counts));
                int[] ends = new int[counts.length];
                for (int row = 0, seen = 0; row < counts.length; row++) {
                    seen += counts[row];
                    ends[row] = seen - 1;
                }
                Tensor logits = model.logits(hidden.rows(Tensor.of(ends, ends.length)));
                if (golden != null && step == 0) {
                    close(logits, golden.get("gen.first_step_logits"), 1e-4);
                }
                if (golden != null && step == fresh - 1) {
                    close(logits, golden.get("gen.last_step_logits"), 1e-4);
                }
                next = logits.argmax().toInts();
                Arrays.fill(counts, 1);
                for (int row = 0; row < next.length; row++) {
                    next[row] = all.get(row).subList(prompts[row].length, all.get(row).size()).contains(end) ? pad
                            : next[row];
                    all.get(row).add(next[row]);
                }
            }
            return all.stream().map(row -> row.stream().mapToInt(i -> i).toArray()).toArray(int[][]::new);
        });
    }

    private void gradients(CausalLm model, Map<String, Tensor> golden, JsonNode expected) {
        new Full().attach(model, 0);
        Batch batch = batch(golden, "in.right_ids", "in.right_labels", "in.right_mask");
        new BlockWalk(model).forwardBackward(batch, new Sft(), 1.0 / batch.trainedTokens());
        assertThat(expected.properties().stream()
                .flatMap(entry -> FusedExperts.parts(entry.getKey(), model.tuned().keySet()).stream()))
                .containsExactlyInAnyOrderElementsOf(model.tuned().keySet());
        expected.properties().forEach(entry -> {
            float[] gradient = FusedExperts.gradient(model, entry.getKey());
            double l2 = 0, sum = 0;
            for (float value : gradient) {
                l2 += (double) value * value;
                sum += value;
            }
            double wanted = entry.getValue().path("l2").asDouble();
            assertThat(Math.sqrt(l2)).as(entry.getKey()).isCloseTo(wanted, within(1e-4 * wanted));
            assertThat(sum).as(entry.getKey()).isCloseTo(entry.getValue().path("sum").asDouble(), within(1e-3));
            for (int i = 0; i < entry.getValue().path("head").size(); i++) {
                assertThat((double) gradient[i]).as(entry.getKey())
                        .isCloseTo(entry.getValue().path("head").path(i).asDouble(), within(1e-5));
            }
        });
    }

    private static Batch batch(Map<String, Tensor> golden, String ids, String labels, String mask) {
        return Batch.of(GoldenRows.examples(golden, ids, labels, mask));
    }

    /** Logits of rows of equal length, laid end to end as documents: [rows, T, V]. */
    private static Tensor logits(CausalLm model, Tensor batch) {
        int[] ids = batch.toInts();
        int rows = (int) batch.size(0), length = ids.length / rows;
        int[] positions = new int[ids.length], starts = new int[rows + 1];
        Arrays.setAll(positions, i -> i % length);
        Arrays.setAll(starts, n -> n * length);
        return model.logits(model.hidden(ids, Pass.of(positions, starts))).view(rows, length, model.vocabulary());
    }

    private void close(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        double difference = Scope.value(() -> found.sub(expected).abs().max().item());
        worst = Math.max(worst, difference);
        assertThat(difference).isLessThanOrEqualTo(tolerance);
    }
}
