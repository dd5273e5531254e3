package io.weft.nn.block;

import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.nn.Weight;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SparseExpertsTest {
    private static final int TOKENS = 11, WIDTH = 6, INNER = 5, EXPERTS = 4, CHOSEN = 2;

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aMixtureSaysWhatAPlainLoopSays(boolean normalised) {
        Scope.run(() -> {
            SparseExperts mixture = mixture(normalised);
            Tensor x = RandomStream.of(1).normal(1, TOKENS, WIDTH);
            float[] found = mixture.forward(x, Pass.single(TOKENS)).toFloats();
            double[][] expected = loop(mixture, matrix(x));
            for (int t = 0; t < TOKENS; t++) {
                for (int d = 0; d < WIDTH; d++) {
                    assertThat((double) found[t * WIDTH + d]).isCloseTo(expected[t][d], within(1e-5));
                }
            }
        });
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void theRouterLearnsFromWhatTheExpertsSaid(boolean normalised) {
        Scope.run(() -> {
            SparseExperts mixture = mixture(normalised);
            Tensor x = RandomStream.of(1).normal(1, TOKENS, WIDTH),
                    weight = RandomStream.of(2).normal(1, TOKENS, WIDTH);
            Tensor router = mixture.router().weight().stored().trainable(true);
            mixture.forward(x, Pass.single(TOKENS)).mul(weight).sum().backward(Tensor.ones());
            float[] gradient = router.gradient().toFloats(), values = router.toFloats();
            router.trainable(false);
            for (int at = 0; at < values.length; at += 5) {
                double slope = (moved(mixture, x, weight, values, at, 1e-4)
                        - moved(mixture, x, weight, values, at, -1e-4)) / 2e-4;
                assertThat(slope).isCloseTo(gradient[at], within(1e-3));
            }
        });
    }

    @Test void anExpertThatNoTokenChoseIsNotComputed() {
        Scope.run(() -> {
            SparseExperts mixture = mixture(true);
            mixture.router().weight().stored().copyFrom(Tensor.of(new float[] {2, 1, -1, -2}, EXPERTS, 1)
                    .expand(EXPERTS, WIDTH)
                    .contiguous());
            mixture.parameters().forEach(parameter -> parameter.trainable(true));
            mixture.forward(Tensor.ones(TOKENS, WIDTH), Pass.single(TOKENS)).sum().backward(Tensor.ones());
            for (int expert = 0; expert < EXPERTS; expert++) {
                boolean chosen = expert < CHOSEN;
                assertThat(mixture.experts().get(expert).parameters())
                        .allSatisfy(parameter -> assertThat(parameter.gradient() != null).isEqualTo(chosen));
            }
        });
    }

    private static double moved(SparseExperts mixture, Tensor x, Tensor weight, float[] values, int at, double step) {
        float[] moved = values.clone();
        moved[at] += (float) step;
        mixture.router().weight().stored().copyFrom(Tensor.of(moved, EXPERTS, WIDTH));
        double[][] said = loop(mixture, matrix(x)), by = matrix(weight);
        return IntStream.range(0, TOKENS * WIDTH)
                .mapToDouble(i -> said[i / WIDTH][i % WIDTH] * by[i / WIDTH][i % WIDTH]).sum();
    }

    private static SparseExperts mixture(boolean normalised) {
        List<GatedMlp> experts = IntStream.range(0, EXPERTS)
                .mapToObj(i -> new GatedMlp(Activation.SILU, linear(10 + 3 * i, INNER, WIDTH),
                linear(11 + 3 * i, INNER, WIDTH), linear(12 + 3 * i, WIDTH, INNER))).toList();
        return new SparseExperts(linear(9, EXPERTS, WIDTH), CHOSEN, normalised, experts);
    }

    private static Linear linear(int seed, int outputs, int inputs) {
        return new Linear("linear" + seed, Weight.of(RandomStream.of(seed).normal(0.7, outputs, inputs)), null);
    }

    private static double[][] loop(SparseExperts mixture, double[][] x) {
        double[][] out = new double[x.length][WIDTH];
        for (int t = 0; t < x.length; t++) {
            double[] logits = product(mixture.router(), x[t]);
            double all = IntStream.range(0, EXPERTS).mapToDouble(e -> Math.exp(logits[e])).sum();
            List<Integer> picked = IntStream.range(0, EXPERTS).boxed()
                    .sorted(Comparator.comparingDouble((Integer e) -> -logits[e])).limit(CHOSEN).toList();
            double shares = mixture.normalised() ? picked.stream().mapToDouble(e -> Math.exp(logits[e]) / all).sum()
                    : 1;
            for (int expert : picked) {
                GatedMlp mlp = (GatedMlp) mixture.experts().get(expert);
                double[] gate = product(mlp.gate(), x[t]), up = product(mlp.up(), x[t]), inner = new double[INNER];
                for (int i = 0; i < INNER; i++) {
                    inner[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
                }
                double[] said = product(mlp.down(), inner);
                for (int d = 0; d < WIDTH; d++) {
                    out[t][d] += Math.exp(logits[expert]) / all / shares * said[d];
                }
            }
        }
        return out;
    }

    private static double[] product(Linear linear, double[] x) {
        double[][] weight = matrix(linear.weight().stored());
        return IntStream.range(0, weight.length).mapToDouble(o -> IntStream.range(0, x.length)
                .mapToDouble(i -> weight[o][i] * x[i]).sum()).toArray();
    }

    private static double[][] matrix(Tensor tensor) {
        float[] flat = tensor.toFloats();
        int columns = (int) tensor.size(1);
        double[][] rows = new double[flat.length / columns][columns];
        IntStream.range(0, flat.length).forEach(i -> rows[i / columns][i % columns] = flat[i]);
        return rows;
    }
}
