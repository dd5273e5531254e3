package io.weft.objective;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.KeyValuePrefix;
import io.weft.nn.Pass;
import io.weft.nn.PassFeed;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What feeds many blocks and the embedding gets the gradients that one graph over everything would give it. */
class UpstreamTest {
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 3), TinyModels.example(14, 6)));
    private static final int LENGTH = 3, INNER = 5;

    /**
     * A small network whose one output is cut into prefixes of all layers, and whose inner states also stand in place
     * of the first token of each document.
     */
    private record Network(Tensor table, Tensor down, Tensor up, Tensor toToken, List<KeyValueCache.Shape> layers)
            implements PassFeed {
        static Network of(CausalLm model) {
            List<KeyValueCache.Shape> layers = model.cacheShapes();
            long all = layers.stream().mapToLong(KeyValueCache.Shape::elements).sum();
            return new Network(model.addTuned("table", normal(1, LENGTH, 4)), model.addTuned("down",
                    normal(2, INNER, 4)), model.addTuned("up", normal(3, all, INNER)),
                    model.addTuned("toToken", normal(4, model.width(), INNER)), layers);
        }

        private static Tensor normal(int seed, long... shape) { return RandomStream.of(seed).normal(0.5, shape); }

        @Override public List<Tensor> compute(Pass pass) {
            Tensor inner = Tensor.linear(table, down, null).tanh(), all = Tensor.linear(inner, up, null);
            List<Tensor> parts = new ArrayList<>();
            long at = 0;
            for (KeyValueCache.Shape shape : layers) {
                for (int part = 0; part < 2; part++, at += shape.elements() / 2) {
                    parts.add(all.narrow(1, at, shape.elements() / 2).view(LENGTH, shape.heads(), shape.dim()));
                }
            }
            parts.add(Tensor.linear(inner.narrow(0, 0, 1), toToken, null));
            return parts;
        }

        @Override public Pass feed(Pass pass, List<Tensor> made, int[] documents) {
            List<Tensor> keys = IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i)).toList(),
                    values = IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i + 1)).toList();
            int[] firsts = IntStream.of(documents).map(pass::start).toArray();
            Tensor rows = made.get(made.size() - 1).expand(firsts.length, made.get(made.size() - 1).size(1));
            return pass.with(new KeyValuePrefix(keys, values), documents).shifted(LENGTH, documents)
                    .withInserted(firsts, rows);
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(table, down, up, toToken); }
    }

    @ParameterizedTest
    @CsvSource({"llama, NEVER", "llama, ALWAYS", "gemma2, NEVER", "gpt2, ALWAYS", "mixtral, ALWAYS"})
    void theWalkGivesTheGradientsOfOneGraphOverEverything(String family, Recompute recompute) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            model.attach(Network.of(model));
            new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
            agree(model, recompute);
        });
    }

    @ParameterizedTest @CsvSource({"NEVER", "ALWAYS"})
    void besideATrainedEmbeddingToo(Recompute recompute) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            new Full().attach(model, 1);
            model.attach(Network.of(model));
            agree(model, recompute);
        });
    }

    @Test void nothingIsFedWithoutTuningAndNothingLeaks() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            int[] ids = {1, 2, 3, 4};
            float[] before = logits(model, ids, Pass.single(4));
            model.attach(Network.of(model));
            assertThat(logits(model, ids, Pass.single(4))).isNotEqualTo(before);
            assertThat(logits(model, ids, Pass.single(4).withoutTuning())).isEqualTo(before);
            BlockWalk walk = new BlockWalk(model);
            walk.forwardBackward(BATCH, new Sft(), 1);
            long live = Scope.live();
            for (int i = 0; i < 20; i++) {
                walk.forwardBackward(BATCH, new Sft(), 1);
            }
            assertThat(Scope.live()).isEqualTo(live);
        });
    }

    private static float[] logits(CausalLm model, int[] ids, Pass pass) {
        return model.logits(model.hidden(ids, pass)).toFloats();
    }

    private static void agree(CausalLm model, Recompute recompute) {
        Map<String, float[]> expected = ofOneGraph(model);
        double loss = new BlockWalk(model, recompute).forwardBackward(BATCH, new Sft(), 1).total();
        assertThat(new BlockWalk(model).loss(BATCH, new Sft()).total()).isCloseTo(loss, within(1e-4));
        expected.forEach((name, wanted) -> {
            float[] found = model.tuned().get(name).gradient().toFloats();
            double size = 1e-3;
            for (float each : wanted) {
                size = Math.max(size, Math.abs(each));
            }
            for (int i = 0; i < wanted.length; i++) {
                assertThat((double) found[i]).as(name).isCloseTo(wanted[i], within(2e-4 * size));
            }
        });
        assertThat(expected.get("up")).doesNotContain(0f);
    }

    /** Plain autograd over embedding, blocks, norm and head. */
    private static Map<String, float[]> ofOneGraph(CausalLm model) {
        Pass asked = Pass.of(BATCH.positions(), BATCH.starts());
        Pass pass = CausalLm.Fed.into(asked, model.feed(asked), UnaryOperator.identity());
        Tensor x = model.embed(BATCH.ids(), pass);
        for (int i = 0; i < model.blocks().size(); i++) {
            x = model.blocks().get(i).forward(x, i, pass);
        }
        int[] rows = IntStream.range(0, BATCH.tokens()).filter(i -> BATCH.targets()[i] != Batch.NONE).toArray();
        int[] targets = IntStream.of(rows).map(row -> BATCH.targets()[row]).toArray();
        Tensor logits = model.logitsOf(model.norm().forward(x).rows(Tensor.of(rows, rows.length)),
                Pass.single(rows.length));
        Tensor chosen = logits.gather(Tensor.of(targets, targets.length, 1)).squeeze(1);
        logits.logSumExp().sub(chosen).sum().backward(Tensor.of(new float[] {1}));
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> {
            if (tensor.gradient() != null) {
                gradients.put(name, tensor.gradient().toFloats());
            }
            tensor.clearGradient();
        });
        return gradients;
    }
}
