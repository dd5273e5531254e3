package io.weft.train;

import io.weft.settings.Word;
import java.util.function.DoubleUnaryOperator;

/**
 * Learning rate as a pure function of the step: up in a straight line from 0 to the peak during the warm-up, then down
 * by the shape, reaching 0 where the steps end. Same values as Hugging Face's schedulers of these names ("constant" is
 * its constant_with_warmup).
 *
 * @param peak        learning rate at the end of the warm-up
 * @param warmupSteps steps of the warm-up, see {@link Warmup}
 * @param steps       optimizer steps in all, the warm-up's among them
 */
public record Schedule(Shape shape, double peak, int warmupSteps, int steps) {
    /** What becomes of the peak after the warm-up; {@code train.schedule} in a recipe. */
    public enum Shape implements Word {
        LINEAR(done -> Math.max(0, 1 - done)),
        COSINE(done -> 0.5 * (1 + Math.cos(Math.PI * done))),
        CONSTANT(done -> 1);

        private final DoubleUnaryOperator factor;

        Shape(DoubleUnaryOperator factor) { this.factor = factor; }
    }

    /**
     * Learning rate of the optimizer step that follows {@code step} finished ones: {@code at(0)} is used by the first
     * step, and is 0 when there is a warm-up.
     */
    public double at(int step) {
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        double done = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
        return peak * shape.factor.applyAsDouble(done);
    }
}
