package io.weft.train;

import io.weft.problem.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

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
    /** What becomes of the peak after the warm-up. */
    public enum Shape {
        LINEAR(done -> Math.max(0, 1 - done)),
        COSINE(done -> 0.5 * (1 + Math.cos(Math.PI * done))),
        CONSTANT(done -> 1);

        private final DoubleUnaryOperator factor;

        Shape(DoubleUnaryOperator factor) { this.factor = factor; }

        /** The name as {@code train.schedule} spells it. */
        public String spelling() { return name().toLowerCase(java.util.Locale.ROOT); }

        /** All names, in the order they are offered. */
        public static List<String> names() {
            return Arrays.stream(values()).map(Shape::spelling).collect(Collectors.toList());
        }

        /** @throws UserError when no shape has this name */
        public static Shape named(String name) {
            return Arrays.stream(values()).filter(shape -> shape.spelling().equals(name)).findFirst()
                    .orElseThrow(() -> UserError.of(say(
                    "train.schedule: there is no schedule '%s'; use one of %s", name, String.join(", ", names()))));
        }
    }

    /** The schedule of a run. @param peak learning rate after the warm-up  @param steps optimizer steps in all */
    public static Schedule of(TrainSettings settings, double peak, int steps) {
        return new Schedule(Shape.named(settings.schedule()), peak, Warmup.of(settings.warmupSteps(), steps).steps(),
                steps);
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
