package io.weft.train;

import java.util.Optional;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * How many steps the learning rate takes to reach its peak. A number that was asked for is kept exactly; the default of
 * 100, the tutorial's, gives way in short runs, where it would eat most of the training.
 *
 * @param steps  of the warm-up
 * @param notice for the user, when the default was reduced, or the run ends before the warm-up does
 */
public record Warmup(int steps, Optional<String> notice) {
    static final int DEFAULT_STEPS = 100;

    /** @param asked {@code train.warmupSteps}  @param runSteps optimizer steps in all */
    public static Warmup of(OptionalInt asked, int runSteps) {
        int most = runSteps / 10;
        if (asked.isPresent() && asked.getAsInt() >= runSteps) {
            return new Warmup(asked.getAsInt(), Optional.of(say(
                    "the warm-up of %d steps is as long as the run of %d or longer: the learning rate never reaches "
                    + "its peak; set train.warmupSteps lower, or train longer", asked.getAsInt(), runSteps)));
        }
        if (asked.isPresent() || DEFAULT_STEPS <= most) {
            return new Warmup(asked.orElse(DEFAULT_STEPS), Optional.empty());
        }
        return new Warmup(most, Optional.of(say(
                "warm-up shortened from %d to %d steps, a tenth of the run's %d; set train.warmupSteps to choose it "
                + "yourself", DEFAULT_STEPS, most, runSteps)));
    }
}
