package io.weft.nn;

import io.weft.nn.LogitTransform.SoftCap;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BoundedScoresTest {
    private static final int TOKENS = 9, HEADS = 4, GROUPS = 2, DIM = 4;
    private static final double SCALE = 0.8, LIMIT = 1.2;

    @Test void theSlopeIsThatOfTheBoundItself() {
        Scope.run(() -> {
            SoftCap cap = new SoftCap(3);
            for (double x : new double[] {-7, -1.5, 0, 0.4, 2.5, 20}) {
                double slope = cap.slope(cap.of(Tensor.of(new float[] {(float) x}, 1))).item();
                double expected = (3 * Math.tanh((x + 1e-4) / 3) - 3 * Math.tanh((x - 1e-4) / 3)) / 2e-4;
                assertThat(slope).isCloseTo(expected, within(1e-5));
            }
        });
    }

    /** All at once, two documents end to end, and row by row from a cache. */
    @ParameterizedTest @CsvSource({"0", "3"})
    void boundedAttentionIsThatOfAPlainLoop(int window) {
        Scope.run(() -> {
            AttentionShape shape = new AttentionShape(16, HEADS, GROUPS, DIM, window).scored(SCALE, new SoftCap(LIMIT));
            Tensor q = RandomStream.of(1).normal(2, TOKENS, HEADS, DIM),
                    k = RandomStream.of(2).normal(2, TOKENS, GROUPS, DIM),
                    v = RandomStream.of(3).normal(1, TOKENS, GROUPS, DIM);
            double[] expected = loop(q.toFloats(), k.toFloats(), v.toFloats(), window, 0);
            close(Pass.single(TOKENS).attend(0, q, k, v, shape), expected);

            Tensor twoDocuments = Pass.of(new int[] {0, 1, 2, 3, 0, 1, 2, 3, 4}, new int[] {0, 4, TOKENS})
                    .attend(0, q, k, v, shape);
            close(twoDocuments, concat(Arrays.copyOf(expected, 4 * HEADS * DIM),
                    tail(loop(q.toFloats(), k.toFloats(), v.toFloats(), window, 4))));

            KeyValueCache cache = new KeyValueCache(List.of(new KeyValueCache.Shape(GROUPS, DIM)), DType.F32, 1);
            List<KeyValueCache.Row> row = cache.open(1);
            int[] parts = {3, 2, 1, 1, 2};
            int from = 0;
            for (int part : parts) {
                Tensor some = cache.next(row, part)
                        .attend(0, q.narrow(0, from, part), k.narrow(0, from, part), v.narrow(0, from, part), shape);
                close(some, Arrays.copyOfRange(expected, from * HEADS * DIM, (from + part) * HEADS * DIM));
                from += part;
            }
        });
    }

    private static double[] tail(double[] all) { return Arrays.copyOfRange(all, 4 * HEADS * DIM, all.length); }

    private static double[] concat(double[] a, double[] b) {
        return Arrays.stream(new double[][] {a, b}).flatMapToDouble(Arrays::stream).toArray();
    }

    /** @param first key that is seen at all */
    private static double[] loop(float[] q, float[] k, float[] v, int window, int first) {
        double[] out = new double[TOKENS * HEADS * DIM];
        for (int t = first; t < TOKENS; t++) {
            for (int h = 0; h < HEADS; h++) {
                int group = h / (HEADS / GROUPS);
                double sum = 0;
                double[] weighed = new double[DIM];
                for (int s = Math.max(first, window == 0 ? 0 : t - window + 1); s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < DIM; i++) {
                        score += q[(t * HEADS + h) * DIM + i] * k[(s * GROUPS + group) * DIM + i];
                    }
                    double weight = Math.exp(LIMIT * Math.tanh(SCALE * score / LIMIT));
                    sum += weight;
                    for (int i = 0; i < DIM; i++) {
                        weighed[i] += weight * v[(s * GROUPS + group) * DIM + i];
                    }
                }
                for (int i = 0; i < DIM; i++) {
                    out[(t * HEADS + h) * DIM + i] = weighed[i] / sum;
                }
            }
        }
        return out;
    }

    private static void close(Tensor found, double[] expected) {
        float[] values = found.toFloats();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).isCloseTo(expected[i], within(1e-5));
        }
    }
}
