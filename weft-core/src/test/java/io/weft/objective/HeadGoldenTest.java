package io.weft.objective;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.nn.Readout;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Models of transformers with a head for rows give its logits, losses and gradients. */
class HeadGoldenTest {
    private static final Pattern WITH = Pattern.compile("with_(\\w+)_([0-9.]+)");

    @Test void labelsScoresLossesAndGradientsAreThoseOfTransformers() {
        int ran = 0;
        for (Path folder : Golden.folders("heads", "config.json")) {
            Scope.run(() -> check(folder));
            ran++;
        }
        Golden.ran("heads", ran);
    }

    private static void check(Path path) {
        ModelFolder folder = ModelFolder.open(path);
        CausalLm model = folder.load();
        Map<String, Tensor> golden = SafeTensors.open(path.resolve("golden.safetensors")).readAll();
        JsonNode numbers = Golden.json(path.resolve("golden.json"));
        int labels = Golden.json(path.resolve("config.json")).path("id2label").size();
        assertThat(model.readout()).isEqualTo(folder.readout())
                .isEqualTo(labels == 1 ? Readout.SCORE : Readout.CLASSES);
        assertThat(folder.labels().orElseThrow()).hasSize(labels);
        int[][] whole = GoldenRows.rows(golden.get("in.ids")), padded = IntStream.range(0, whole.length)
                .mapToObj(row -> GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", row))
                .toArray(int[][]::new);
        close(path, logits(model, whole), golden.get("nopad.logits"));
        close(path, logits(model, padded), golden.containsKey("right.logits") ? golden.get("right.logits")
                : golden.get("right.rewards"));

        new Full().attach(model, 0);
        List<ExampleGroup> groups = labels == 1 ? List.of(pair(padded, Double.NaN))
                : rows(padded, golden.get("in.labels").toInts());
        Objective objective = labels == 1 ? new Reward() : new Classify(folder.labels());
        LossSum sum = new BlockWalk(model).forwardBackward(Batch.ofGroups(groups), objective, 1.0 / groups.size());
        numbers.properties().stream().filter(entry -> entry.getKey().startsWith("loss")).forEach(entry ->
                assertThat(sum.mean()).as(path.toString()).isCloseTo(entry.getValue().asDouble(), within(2e-5)));
        gradients(path, model, numbers.path("grads"));
        numbers.properties().forEach(entry -> variant(path, model, padded, entry.getKey(),
                entry.getValue().asDouble()));
        if (Files.isDirectory(path.resolve("adapter"))) {
            adapter(path, padded);
        }
    }

    /** A loss of the same pair under another setting. */
    private static void variant(Path path, CausalLm model, int[][] rows, String name, double expected) {
        Matcher with = WITH.matcher(name);
        if (with.matches()) {
            boolean margin = with.group(1).equals("margin");
            assertThat(margin || with.group(1).equals("center_rewards_coefficient")).as(name).isTrue();
            double value = Double.parseDouble(with.group(2));
            double found = new BlockWalk(model).loss(Batch.ofGroups(List.of(pair(rows, margin ? value : Double.NaN))),
                    margin ? new Reward() : new Reward(value)).mean();
            assertThat(found).as("%s %s", path, name).isCloseTo(expected, within(2e-5));
        }
    }

    private static void adapter(Path path, int[][] rows) {}

    private static ExampleGroup pair(int[][] rows, double margin) {
        return new ExampleGroup(Arrays.stream(rows).map(Example::whole).toList(), new double[] {margin, Double.NaN});
    }

    private static List<ExampleGroup> rows(int[][] rows, int[] labels) {
        return IntStream.range(0, rows.length).mapToObj(row -> new ExampleGroup(List.of(Example.whole(rows[row])),
                new double[] {labels[row]})).toList();
    }

    /** Of each row alone, at its last token. */
    private static float[] logits(CausalLm model, int[][] rows) {
        float[] all = new float[0];
        for (int[] row : rows) {
            float[] logits = Scope.value(() -> model.logits(model.hidden(row, Pass.single(row.length))
                    .narrow(0, row.length - 1, 1)).toFloats());
            int before = all.length;
            all = Arrays.copyOf(all, before + logits.length);
            System.arraycopy(logits, 0, all, before, logits.length);
        }
        return all;
    }

    private static void close(Path path, float[] found, Tensor expected) {
        float[] wanted = expected.toFloats();
        assertThat(found).hasSameSizeAs(wanted);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("%s %d", path, i).isCloseTo(wanted[i], within(1e-4f));
        }
    }

    private static void gradients(Path path, CausalLm model, JsonNode expected) {
        assertThat(model.tuned().keySet()).containsExactlyInAnyOrderElementsOf(expected.properties().stream()
                .map(Map.Entry::getKey).toList());
        model.tuned().forEach((name, tensor) -> {
            float[] found = tensor.gradient().toFloats();
            double squares = 0;
            for (float value : found) {
                squares += (double) value * value;
            }
            JsonNode wanted = expected.path(name);
            double norm = wanted.path("l2").asDouble();
            assertThat(Math.sqrt(squares)).as("%s %s", path, name).isCloseTo(norm, within(1e-4 * norm));
            for (int i = 0; i < wanted.path("head").size(); i++) {
                assertThat((double) found[i]).as("%s %s", path, name)
                        .isCloseTo(wanted.path("head").get(i).asDouble(), within(1e-5));
            }
        });
    }
}
