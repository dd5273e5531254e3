package io.weft.objective;

import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TransformedLogitsTest {
    private static final int[] TARGETS = {3, 90, 41};
    private static final Pass ROWS = Pass.single(TARGETS.length);
    private static final float[] BY_ROW = {-1, 0.5f, -2};

    /** Those whose heads bound or scale their logits. */
    static List<String> families() {
        return TinyModels.families().stream()
                .filter(family -> Scope.value(() -> TinyModels.of(family).logitTransform() != null)).toList();
    }

    @ParameterizedTest @MethodSource("families")
    void theGradientThroughWhatBecomesOfLogitsIsThatOfFiniteDifferences(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            TokenLoss loss = new TokenLoss(model);
            Tensor hidden = RandomStream.of(5).normal(2, TARGETS.length, model.width()),
                    gradient = Tensor.zeros(hidden.shape());
            Tensor table = model.head().weight().stored().trainable(true);
            loss.forwardBackward(hidden, TARGETS, ROWS, BY_ROW, Candidates.NONE, new float[0], gradient);
            if (family.equals("gemma2")) {
                assertThat(Scope.value(() -> model.logitsOf(hidden, ROWS).abs().max().item())).as("bounded by much")
                        .isBetween(1.3, 1.5);
            }
            slopes(loss, hidden, hidden, gradient.toFloats());
            slopes(loss, hidden, table, table.gradient().toFloats());
        });
    }

    private static void slopes(TokenLoss loss, Tensor hidden, Tensor moved, float[] gradient) {
        float[] values = moved.toFloats();
        for (int at = 1; at < values.length; at += 1 + values.length / 40) {
            double slope = (after(loss, hidden, moved, values, at, 0.01f) - after(loss, hidden, moved, values, at,
                    -0.01f)) / 0.02;
            moved.copyFrom(Tensor.of(values, moved.shape()));
            assertThat(slope).as("element %d", at).isCloseTo(gradient[at], within(1e-3));
        }
    }

    private static double after(TokenLoss loss, Tensor hidden, Tensor moved, float[] values, int at, float step) {
        float[] changed = values.clone();
        changed[at] += step;
        moved.copyFrom(Tensor.of(changed, moved.shape()));
        float[] logProbabilities = loss.read(hidden, TARGETS, ROWS).numbers();
        double sum = 0;
        for (int row = 0; row < TARGETS.length; row++) {
            sum += (double) BY_ROW[row] * logProbabilities[row];
        }
        return sum;
    }
}
