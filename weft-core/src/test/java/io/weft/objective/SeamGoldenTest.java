package io.weft.objective;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.KeyValuePrefix;
import io.weft.nn.Pass;
import io.weft.nn.PassFeed;
import io.weft.nn.Sublayer;
import io.weft.nn.block.Activation;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The seams that no linear is part of, used directly: with PEFT's trained prefix, soft prompt and bottleneck adapters
 * in them a model gives PEFT's logits, losses, gradients and greedy answers.
 */
class SeamGoldenTest {
    private Map<String, Tensor> golden, adapter;
    private JsonNode config, numbers;
    private CausalLm model;

    /** Runs the body on each golden adapter of some types. */
    private void each(Set<String> types, Runnable body) throws IOException {
        int ran = 0;
        try (Stream<Path> folders = Files.list(Golden.at("peft"))) {
            for (Path folder : folders.filter(path -> Files.exists(path.resolve("golden.json"))
                    && Files.exists(path.resolve("adapter_config.json"))).sorted().toList()) {
                String name = folder.getFileName().toString();
                config = Golden.json("peft/" + name + "/adapter_config.json");
                if (types.contains(config.path("peft_type").asText())) {
                    Scope.run(() -> {
                        open(name);
                        body.run();
                    });
                    ran++;
                }
            }
        }
        Golden.ran("peft by its seam: " + types, ran, ran);
    }

    private void open(String name) {
        golden = SafeTensors.open(Golden.at("peft/" + name + "/golden.safetensors")).readAll();
        adapter = SafeTensors.open(Golden.at("peft/" + name + "/adapter_model.safetensors")).readAll();
        numbers = Golden.json("peft/" + name + "/golden.json");
        model = ModelFolder.open(Golden.at("models/" + numbers.path("base").asText())).load();
    }

    /** @param shift how many positions later PEFT lets the tokens stand: its length for Llama, nothing for ChatGLM3 */
    record Prefix(Tensor prompt, List<KeyValueCache.Shape> layers, int shift) implements PassFeed {
        @Override public List<Tensor> compute(Pass pass) {
            List<Tensor> parts = new ArrayList<>();
            long at = 0;
            for (KeyValueCache.Shape shape : layers) {
                for (int part = 0; part < 2; part++, at += (long) shape.heads() * shape.dim()) {
                    parts.add(prompt.narrow(1, at, (long) shape.heads() * shape.dim())
                            .view(prompt.size(0), shape.heads(), shape.dim()));
                }
            }
            return parts;
        }

        @Override public Pass feed(Pass pass, List<Tensor> made, int[] documents) {
            List<Tensor> keys = IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i)).toList(),
                    values = IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i + 1)).toList();
            return pass.with(new KeyValuePrefix(keys, values), documents).shifted(shift, documents);
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(prompt); }
    }

    @Test void keysAndValuesBeforeThoseOfTheTokensAgreeWithPeftsPrefixTuning() throws IOException {
        each(Set.of("PREFIX_TUNING"), () -> {
            Tensor prompt = model.addTuned("prompt", adapter.get("prompt_embeddings"));
            boolean shifted = !numbers.path("base").asText().startsWith("chatglm");
            model.attach(new Prefix(prompt, model.cacheShapes(), shifted ? (int) prompt.size(0) : 0));
            close(logits(row0()), golden.get("nopad.logits_row0"));
            close(logits(GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", 1)),
                    golden.get("right.logits_row1_valid"));
            lossAndGradient(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask"));
            greedy(GoldenRows.rows(golden.get("in.ids")));
        });
    }

    /** At the places whose positions are below the prompt's length, which every document gives to it. */
    record SoftPrompt(Tensor prompt) implements PassFeed {
        @Override public List<Tensor> compute(Pass pass) { return List.of(prompt); }

        @Override public Pass feed(Pass pass, List<Tensor> made, int[] documents) {
            int[] places = IntStream.range(0, pass.positions().length)
                    .filter(i -> pass.positions()[i] < prompt.size(0)).toArray();
            int[] rows = Arrays.stream(places).map(place -> pass.positions()[place]).toArray();
            return places.length == 0 ? pass
                    : pass.withInserted(places, made.get(0).rows(Tensor.of(rows, rows.length)));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(prompt); }
    }

    @Test void vectorsInPlaceOfTokensAgreeWithPeftsPromptTuning() throws IOException {
        each(Set.of("PROMPT_TUNING", "P_TUNING"), () -> {
            Tensor prompt = model.addTuned("prompt", adapter.get("prompt_embeddings"));
            model.attach(new SoftPrompt(prompt));
            int length = (int) prompt.size(0);
            close(logits(after(length, row0())), golden.get("nopad.logits_row0"));
            lossAndGradient(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask").stream()
                    .map(example -> after(length, example)).toList());
            greedy(Arrays.stream(GoldenRows.rows(golden.get("in.ids"))).map(row -> after(length, row))
                    .toArray(int[][]::new));
        });
    }

    /** y + up(activation(down(y))). */
    private record Bottleneck(Activation activation, Tensor down, Tensor downBias, Tensor up, Tensor upBias)
            implements Sublayer.Delta {
        @Override public Tensor output(Tensor y, Pass pass) {
            return y.add(Tensor.linear(activation.of(Tensor.linear(y, down, downBias)), up, upBias));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(down, downBias, up, upBias); }
    }

    @Test void functionsOnSublayersOutputsAgreeWithBottleneckAdapters() throws IOException {
        each(Set.of("BOTTLENECK"), () -> {
            int[] ids = row0();
            Tensor before = logits(ids);
            for (int layer = 0; layer < model.blocks().size(); layer++) {
                for (int i = 0; i < 2; i++) {
                    String place = ".layers." + layer + (i == 0 ? ".adapter_attn" : ".adapter_mlp");
                    model.blocks().get(layer).sublayers().get(i).attach(new Bottleneck(
                            Activation.valueOf(config.path("non_linearity").asText().toUpperCase(Locale.ROOT)),
                            tuned(place + ".down.weight"), tuned(place + ".down.bias"), tuned(place + ".up.weight"),
                            tuned(place + ".up.bias")));
                }
            }
            close(logits(ids), golden.get("nopad.logits_row0"));
            close(model.logits(model.hidden(ids, Pass.single(ids.length).withoutTuning())), before);
            Batch batch = Batch.of(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask"));
            new BlockWalk(model).forwardBackward(batch, new Sft(), 1.0 / batch.trainedTokens());
            assertThat(numbers.path("grads").size()).isEqualTo(model.tuned().size());
            numbers.path("grads").properties().forEach(entry ->
                    agrees(model.tuned().get(entry.getKey()).gradient(), entry.getValue()));
        });
    }

    private Tensor tuned(String end) {
        String name = adapter.keySet().stream().filter(key -> key.endsWith(end)).findFirst().orElseThrow();
        return model.addTuned(name, adapter.get(name));
    }

    private int[] row0() { return GoldenRows.rows(golden.get("in.ids"))[0]; }

    private static int[] after(int length, int[] ids) {
        return IntStream.concat(IntStream.range(0, length).map(i -> 0), IntStream.of(ids)).toArray();
    }

    private static Example after(int length, Example example) {
        boolean[] trained = new boolean[length + example.ids().length];
        System.arraycopy(example.trained(), 0, trained, length, example.ids().length);
        return new Example(after(length, example.ids()), trained);
    }

    private Tensor logits(int[] ids) { return model.logits(model.hidden(ids, Pass.single(ids.length))); }

    private void lossAndGradient(List<Example> examples) {
        Batch batch = Batch.of(examples);
        for (Recompute recompute : List.of(Recompute.NEVER, Recompute.ALWAYS)) {
            model.tuned().get("prompt").clearGradient();
            LossSum sum = new BlockWalk(model, recompute)
                    .forwardBackward(batch, new Sft(), 1.0 / batch.trainedTokens());
            assertThat(sum.mean()).isCloseTo(golden.get("right.loss").item(), within(2e-5));
            if (numbers.path("grads").size() == 1) { // else they are those of a network that made the prompt
                agrees(model.tuned().get("prompt").gradient(), numbers.path("grads").iterator().next());
            }
        }
    }

    private static void agrees(Tensor gradient, JsonNode expected) {
        double wanted = expected.path("l2").asDouble();
        assertThat(gradient.norm()).isCloseTo(wanted, within(1e-4 * wanted));
        float[] values = gradient.toFloats();
        for (int i = 0; i < expected.path("head").size(); i++) {
            assertThat((double) values[i]).isCloseTo(expected.path("head").path(i).asDouble(), within(1e-5));
        }
    }

    /** All prompts at once, and the first one alone; PEFT cannot generate with every model's published code. */
    private void greedy(int[][] prompts) {
        if (golden.containsKey("gen.sequences")) {
            int from = (int) golden.get("in.ids").size(1);
            int[][] expected = Arrays.stream(GoldenRows.rows(golden.get("gen.sequences")))
                    .map(row -> Arrays.copyOfRange(row, from, row.length)).toArray(int[][]::new);
            assertThat(answers(expected[0].length, prompts)).isDeepEqualTo(expected);
            assertThat(answers(expected[0].length, prompts[0])[0]).isEqualTo(expected[0]);
        }
    }

    private int[][] answers(int length, int[]... prompts) {
        Sampling greedy = new Sampling(length, 0, 1, 0, 0, 1, 1);
        return new Generator(model, 64, Set.of())
                .generate(Arrays.stream(prompts).map(ids -> Prompt.of(ids, greedy)).toList(), TokenListener.NONE)
                .stream().map(Answer::ids).toArray(int[][]::new);
    }

    private static void close(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(Scope.value(() -> found.sub(expected).abs().max().item())).isLessThanOrEqualTo(1e-4);
    }
}
