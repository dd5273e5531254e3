package io.weft.nn.block;

import io.weft.nn.AttentionShape;
import io.weft.nn.Linear;
import io.weft.nn.Norm;
import io.weft.nn.Pass;
import io.weft.nn.Rope;
import io.weft.nn.Weight;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Each form of block against plain loops in double precision, with one attention layer and one MLP. */
class BlockTest {
    private static final int TOKENS = 4, WIDTH = 6, HEADS = 2, DIM = 3, INNER = 5;
    private static final double EPSILON = 1e-5;

    /** Sums of what sublayers say, as each form orders norms and sums. */
    @Test void parallelSublayersSeeTheSameNormedStates() {
        Scope.run(() -> {
            AttentionBlock block = new ParallelBlock(norm(1), attention(), mlp());
            double[][] x = input(), normed = normed(x, 1);
            check(block, sum(x, attended(normed), fed(normed)));
            check(new ParallelBlock(norm(1), attention(), norm(2), mlp()),
                    sum(x, attended(normed), fed(normed(x, 2))));
        });
    }

    @Test void normsBeforeAfterAndAroundSublayers() {
        Scope.run(() -> {
            double[][] x = input();
            double[][] pre = sum(x, attended(normed(x, 1)));
            check(new PreNormBlock(norm(1), attention(), norm(2), mlp()), sum(pre, fed(normed(pre, 2))));
            double[][] half = sum(x, times(attended(normed(x, 1)), 0.5));
            check(new PreNormBlock(norm(1), attention(), norm(2), mlp(), 0.5),
                    sum(half, times(fed(normed(half, 2)), 0.5)));
            double[][] post = sum(x, normed(attended(x), 1));
            check(new PostNormBlock(attention(), norm(1), mlp(), norm(2)), sum(post, normed(fed(post), 2)));
            double[][] both = sum(x, normed(attended(normed(x, 1)), 2));
            check(new SandwichBlock(norm(1), attention(), norm(2), norm(3), mlp(), norm(4)),
                    sum(both, normed(fed(normed(both, 3)), 4)));
        });
    }

    @Test void normsOverAllQueriesAndKeysAreNotThoseOfEachHead() {
        Scope.run(() -> {
            Attention whole = new Attention(shape(), Rope.NONE,
                    projection().normedWhole(norm(5), norm(6)), linear("o", 13, WIDTH, HEADS * DIM));
            Tensor x = RandomStream.of(7).normal(1, TOKENS, WIDTH);
            double[][] q = normed(product(input(), 10, HEADS * DIM), 5),
                    k = normed(product(input(), 11, HEADS * DIM), 6);
            close(whole.forward(x, 0, Pass.single(TOKENS)),
                    product(mixed(q, k, product(input(), 12, HEADS * DIM)), 13, WIDTH));
        });
    }

    private static void check(AttentionBlock block, double[][] expected) {
        close(block.forward(RandomStream.of(7).normal(1, TOKENS, WIDTH), 0, Pass.single(TOKENS)), expected);
        assertThat(block.cacheShape().elements()).isEqualTo(2L * HEADS * DIM);
        assertThat(block.sublayers()).hasSize(2);
    }

    // ---- the parts, each from its seed ----

    private static AttentionShape shape() { return new AttentionShape(WIDTH, HEADS, HEADS, DIM, 0); }

    private static Norm norm(int seed) {
        return new Norm.Rms(RandomStream.of(seed).normal(1, WIDTH), EPSILON);
    }

    private static Linear linear(String name, int seed, int outputs, int inputs) {
        return new Linear(name, Weight.of(RandomStream.of(seed).normal(0.5, outputs, inputs)), null);
    }

    private static Projection projection() {
        return Projection.separate(linear("q", 10, HEADS * DIM, WIDTH), linear("k", 11, HEADS * DIM, WIDTH),
                linear("v", 12, HEADS * DIM, WIDTH));
    }

    private static Attention attention() {
        return new Attention(shape(), Rope.NONE, projection(), linear("o", 13, WIDTH, HEADS * DIM));
    }

    private static Mlp mlp() {
        return new Mlp(Activation.SILU, linear("up", 14, INNER, WIDTH), linear("down", 15, WIDTH, INNER));
    }

    // ---- the same as plain loops ----

    private static double[][] input() { return matrix(RandomStream.of(7).normal(1, TOKENS, WIDTH), WIDTH); }

    private static double[][] matrix(Tensor tensor, int width) {
        float[] values = tensor.toFloats();
        double[][] rows = new double[values.length / width][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }

    private static double[][] product(double[][] x, int seed, int outputs) {
        int inputs = x[0].length;
        double[][] weight = matrix(RandomStream.of(seed).normal(0.5, outputs, inputs), inputs),
                y = new double[x.length][outputs];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    y[t][o] += x[t][i] * weight[o][i];
                }
            }
        }
        return y;
    }

    private static double[][] normed(double[][] x, int seed) {
        double[] weight = matrix(RandomStream.of(seed).normal(1, WIDTH), WIDTH)[0];
        double[][] y = new double[x.length][WIDTH];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double each : x[t]) {
                squares += each * each;
            }
            for (int i = 0; i < WIDTH; i++) {
                y[t][i] = x[t][i] / Math.sqrt(squares / WIDTH + EPSILON) * weight[i];
            }
        }
        return y;
    }

    private static double[][] attended(double[][] x) {
        return product(mixed(product(x, 10, HEADS * DIM), product(x, 11, HEADS * DIM), product(x, 12, HEADS * DIM)),
                13, WIDTH);
    }

    private static double[][] mixed(double[][] q, double[][] k, double[][] v) {
        double[][] mixed = new double[TOKENS][HEADS * DIM];
        for (int t = 0; t < TOKENS; t++) {
            for (int from = 0; from < HEADS * DIM; from += DIM) {
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = from; i < from + DIM; i++) {
                        score += q[t][i] * k[s][i];
                    }
                    double weight = Math.exp(score / Math.sqrt(DIM));
                    sum += weight;
                    for (int i = from; i < from + DIM; i++) {
                        mixed[t][i] += weight * v[s][i];
                    }
                }
                for (int i = from; i < from + DIM; i++) {
                    mixed[t][i] /= sum;
                }
            }
        }
        return mixed;
    }

    private static double[][] fed(double[][] x) {
        double[][] inner = product(x, 14, INNER);
        for (double[] row : inner) {
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] / (1 + Math.exp(-row[i]));
            }
        }
        return product(inner, 15, WIDTH);
    }

    private static double[][] times(double[][] x, double factor) {
        double[][] y = new double[x.length][WIDTH];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < WIDTH; i++) {
                y[t][i] = x[t][i] * factor;
            }
        }
        return y;
    }

    private static double[][] sum(double[][]... terms) {
        double[][] y = new double[TOKENS][WIDTH];
        for (double[][] term : terms) {
            for (int t = 0; t < TOKENS; t++) {
                for (int i = 0; i < WIDTH; i++) {
                    y[t][i] += term[t][i];
                }
            }
        }
        return y;
    }

    private static void close(Tensor found, double[][] expected) {
        double[][] values = matrix(found, WIDTH);
        for (int t = 0; t < expected.length; t++) {
            for (int i = 0; i < WIDTH; i++) {
                assertThat(values[t][i]).isCloseTo(expected[t][i], within(1e-4));
            }
        }
    }
}
