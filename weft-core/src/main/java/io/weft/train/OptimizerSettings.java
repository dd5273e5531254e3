package io.weft.train;

import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import static io.weft.problem.Translatable.text;

/**
 * How gradients change weights.
 *
 * @param learningRate peak; by default the tuning method's, times the objective's factor
 * @param warmupSteps  default 100, but never more than a tenth of the steps; a given value is exact
 * @param schedule     after the warm-up
 * @param weightDecay  on everything but biases and norms, as Hugging Face groups them
 * @param clipNorm     largest gradient norm; 0 for no clipping
 */
public record OptimizerSettings(OptionalDouble learningRate, OptionalInt warmupSteps, Schedule.Shape schedule,
        double weightDecay, double clipNorm) {
    private static final Translatable FROM_HERE = text("the steps from here on are other steps than the run would have "
            + "made");
    static final Section<OptimizerSettings> SECTION = Section.within("optimizer",
            new OptimizerSettings(OptionalDouble.empty(), OptionalInt.empty(), Schedule.Shape.LINEAR, 0.01, 1),
            Setting.of("learningRate", new Number(0, true, 10, false), text("peak learning rate"))
                    .optional("2e-4", text("the tuning method's, such as 2e-4 for lora and 2e-5 for full; a "
                    + "twentieth of it for preferences and grpo"))
                    .changing(FROM_HERE),
            Setting.of("warmupSteps", WholeNumber.from(0),
                    text("steps in which the learning rate rises"))
                    .optional("100", text("100, but never more than a tenth of the steps")).changing(FROM_HERE),
            Setting.of("schedule", OneOf.of(Schedule.Shape.class),
                    text("how the learning rate falls after the warm-up")).changing(FROM_HERE),
            Setting.of("weightDecay", new Number(0, false, 10, false),
                    text("decay of the weights in each step; biases and norms have none")).changing(FROM_HERE),
            Setting.of("clipNorm", new Number(0, false, 1_000_000, false),
                    text("largest gradient norm; 0 for no clipping")).changing(FROM_HERE));

    /** The learning rates of a run. @param peak after the warm-up  @param steps optimizer steps in all */
    public Schedule over(double peak, int steps) {
        return new Schedule(schedule, peak, Warmup.of(warmupSteps, steps).steps(), steps);
    }

    /** These settings with what was worked out for the run. */
    public OptimizerSettings resolved(double peak, int warmup) {
        return new OptimizerSettings(OptionalDouble.of(peak), OptionalInt.of(warmup), schedule, weightDecay, clipNorm);
    }
}
