package io.weft.nn;

import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RopeTest {
    private static final double AMPLITUDE = 1.25;
    /** Half as fast in documents of more than 8 tokens. */
    private static final Rope ROPE = new Rope(new Rope.Frequencies() {
        @Override public float[] of(int length) {
            return length > 8 ? new float[] {0.5f, 0.25f} : new float[] {1, 0.5f};
        }

        @Override public double amplitude() { return AMPLITUDE; }
    }, Rope.Pairs.HALVES);

    @Test void frequenciesAreThoseOfTheLongestDocumentAndWhatTurnsIsAmplified() {
        Scope.run(() -> {
            turns(new int[] {0, 1, 2, 3, 4}, 1);
            turns(new int[] {0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8}, 0.5);
        });
    }

    private static void turns(int[] positions, double first) {
        Tensor x = RandomStream.of(7).normal(1, positions.length, 1, 5); // the fifth element does not turn
        float[] in = x.toFloats(), out = ROPE.at(positions, Scope.owner()).apply(x).toFloats();
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < 2; i++) {
                double angle = positions[t] * first / (i + 1), a = in[t * 5 + i], b = in[t * 5 + 2 + i];
                assertThat((double) out[t * 5 + i]).isCloseTo(AMPLITUDE * (a * Math.cos(angle) - b * Math.sin(angle)),
                        within(1e-5));
                assertThat((double) out[t * 5 + 2 + i])
                        .isCloseTo(AMPLITUDE * (b * Math.cos(angle) + a * Math.sin(angle)), within(1e-5));
            }
            assertThat(out[t * 5 + 4]).isEqualTo(in[t * 5 + 4]);
        }
    }
}
