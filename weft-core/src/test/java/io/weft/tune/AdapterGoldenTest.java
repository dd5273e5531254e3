package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.Sft;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * PEFT's adapters give PEFT's logits, losses, gradients and merged weights, and what is more than plain LoRA is refused
 * by its key.
 */
class AdapterGoldenTest {
    /** A key in quotes, as refusals name it, unless it has no value. */
    private static final Pattern KEY = Pattern.compile("\"(\\w+)\" is (?!;)");

    @Test void knownAdaptersAgreeWithPeftAndOthersAreRefusedByTheirKeys(@TempDir Path copies) {
        int ran = 0, refused = 0;
        for (Path folder : Golden.folders("peft", AdapterFolder.CONFIG)) {
            Optional<String> refusal = refusal(folder);
            if (refusal.isPresent()) {
                Golden.skipped(folder, refusal.get());
                namesWhatTheFileAsksFor(folder, refusal.get());
                refused++;
            } else if (Files.exists(base(folder))) {
                Scope.run(() -> check(folder, copies.resolve(Golden.name(folder).replace('/', '_'))));
                ran++;
            } else {
                Golden.skipped(folder, Golden.name(base(folder)) + " is not in this set");
            }
        }
        System.out.println("golden peft refused: " + refused + " cases");
        Golden.ran("peft", ran);
    }

    private static Optional<String> refusal(Path folder) {
        try {
            AdapterFolder.settings(folder);
            return Optional.empty();
        } catch (UserError refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /** Each key that a refusal names stands in the file, with a value that says something. */
    private static void namesWhatTheFileAsksFor(Path folder, String refusal) {
        JsonNode config = Golden.json(folder.resolve(AdapterFolder.CONFIG));
        List<String> keys = KEY.matcher(refusal).results().map(found -> found.group(1)).toList();
        assertThat(keys).as(refusal).isNotEmpty();
        for (String key : keys) {
            assertThat(config.path(key).toString()).as("%s in %s", key, folder)
                    .isNotIn("", "null", "false", "[]", "{}", "\"none\"");
        }
    }

    /** Where the numbers of an adapter are: beside it, or for one converted from another method, with the other. */
    private static Path home(Path folder) {
        return Files.exists(folder.resolve("golden.json")) ? folder : folder.getParent();
    }

    private static Path base(Path folder) {
        return Golden.root().orElseThrow()
                .resolve("models/" + Golden.json(home(folder).resolve("golden.json")).path("base").asText());
    }

    private static void check(Path folder, Path copy) {
        // one that PEFT began inside the base is read as the plain LoRA of twice the rank
        boolean converted = !home(folder).equals(folder)
                || !Golden.json(folder.resolve(AdapterFolder.CONFIG)).path("init_lora_weights").isBoolean()
                && Golden.json(folder.resolve(AdapterFolder.CONFIG)).has("init_lora_weights");
        Map<String, Tensor> golden = SafeTensors.open(home(folder).resolve("golden.safetensors")).readAll();
        JsonNode numbers = Golden.json(home(folder).resolve("golden.json"));
        CausalLm model = ModelFolder.open(base(folder)).load();
        var tuning = AdapterFolder.attach(model, folder);

        int[] row0 = GoldenRows.rows(golden.get("in.ids"))[0];
        close(logits(model, row0), golden.get("nopad.logits_row0"), 1e-4);
        close(logits(model, GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", 1)),
                golden.get("right.logits_row1_valid"), 1e-4);
        Batch batch = Batch.of(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask"));
        assertThat(new BlockWalk(model).loss(batch, new Sft()).mean())
                .isCloseTo(golden.get("right.loss").item(), within(2e-5));

        if (golden.containsKey("merged.logits_row0")) {
            String prefix = "merged.weight.";
            golden.keySet().stream().filter(key -> key.startsWith(prefix))
                    .forEach(key -> close(model.merged(key.substring(prefix.length())), golden.get(key), 1e-5));
        }
        if (!converted) {
            greedy(model, golden);
            CausalLm trained = trained(folder, copy.resolve("trained"), tuning, model);
            close(logits(trained, row0), golden.get("nopad.logits_row0"), 1e-4);
            if (numbers.has("print_trainable_parameters")) {
                assertThat(TrainableCount.of(trained, tuning))
                        .hasToString(numbers.path("print_trainable_parameters").asText());
            }
            assertThat(trained.trainedCount()).isEqualTo(numbers.path("trainable_params").asLong());
            gradients(trained, batch, numbers.path("grads"));
        }

        copy.toFile().mkdirs();
        tuning.write(model, copy, "models/" + numbers.path("base").asText());
        assertThat(Golden.json(copy.resolve(AdapterFolder.CONFIG)).path("fan_in_fan_out").asBoolean())
                .isEqualTo(Golden.json(folder.resolve(AdapterFolder.CONFIG)).path("fan_in_fan_out").asBoolean());
        CausalLm again = ModelFolder.open(base(folder)).load();
        AdapterFolder.attach(again, copy);
        close(logits(again, row0), logits(model, row0), 0);
        if (!converted) {
            assertThat(SafeTensors.open(copy.resolve(AdapterFolder.WEIGHTS)).names())
                    .containsExactlyInAnyOrderElementsOf(SafeTensors.open(folder.resolve(AdapterFolder.WEIGHTS))
                    .names());
        }
    }

    /** In the form that PEFT trains, of which its adapter files hold for some methods only the outcome. */
    private static CausalLm trained(Path folder, Path copy, Adapter tuning, CausalLm opened) {
        Path whole = folder.resolve("trainable_state.safetensors");
        if (!Files.exists(whole)) {
            return opened;
        }
        CausalLm model = ModelFolder.open(base(folder)).load();
        tuning.attach(model, 5);
        try {
            Files.createDirectories(copy);
            Files.copy(folder.resolve(AdapterFolder.WEIGHTS), copy.resolve(AdapterFolder.WEIGHTS));
            Files.copy(whole, copy.resolve(PromptAdapter.NETWORK));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tuning.read(model, copy);
        return model;
    }

    private static void gradients(CausalLm model, Batch batch, JsonNode expected) {
        new BlockWalk(model).forwardBackward(batch, new Sft(), 1.0 / batch.trainedTokens());
        assertThat(expected.size()).isEqualTo(model.tuned().size());
        expected.properties().forEach(entry -> {
            String name = GoldenRows.parameter(entry.getKey());
            double wanted = entry.getValue().path("l2").asDouble();
            assertThat(model.tuned().get(name).gradient().norm()).as(name).isCloseTo(wanted, within(1e-4 * wanted));
            float[] gradient = model.tuned().get(name).gradient().toFloats();
            for (int i = 0; i < entry.getValue().path("head").size(); i++) {
                assertThat((double) gradient[i]).as(name)
                        .isCloseTo(entry.getValue().path("head").path(i).asDouble(), within(1e-5));
            }
        });
    }

    /** Of all of a document's tokens, and of those that the adapter has put before them. */
    private static Tensor logits(CausalLm model, int[] ids) {
        int[] all = IntStream.concat(IntStream.generate(() -> 0).limit(model.placeholders(Adapters.DEFAULT.of(0))),
                IntStream.of(ids)).toArray();
        return model.logits(model.hidden(all, Pass.single(all.length)));
    }

    /** All prompts at once, and the first one alone; PEFT cannot generate with every model's published code. */
    private static void greedy(CausalLm model, Map<String, Tensor> golden) {
        if (!golden.containsKey("gen.sequences")) {
            return;
        }
        int[][] prompts = GoldenRows.rows(golden.get("in.ids"));
        int[][] expected = Arrays.stream(GoldenRows.rows(golden.get("gen.sequences")))
                .map(row -> Arrays.copyOfRange(row, prompts[0].length, row.length)).toArray(int[][]::new);
        assertThat(answers(model, expected[0].length, prompts)).isDeepEqualTo(expected);
        assertThat(answers(model, expected[0].length, prompts[0])[0]).isEqualTo(expected[0]);
    }

    private static int[][] answers(CausalLm model, int length, int[]... prompts) {
        return new Generator(model, 64, Set.of()).generate(Arrays.stream(prompts)
                .map(ids -> Prompt.of(ids, Sampling.greedy(length))).toList(), TokenListener.NONE)
                .stream().map(Answer::ids).toArray(int[][]::new);
    }

    private static void close(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(Scope.value(() -> found.sub(expected).abs().max().item())).isLessThanOrEqualTo(tolerance);
    }
}
