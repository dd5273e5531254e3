package io.weft.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weft.objective.LossSum;

/**
 * Everything about a run's progress that is not a tensor: with the weights and the optimizer's moments it is all that a
 * resumed run needs.
 *
 * @param step              finished optimizer steps
 * @param bestStep          step of the best held-out loss, -1 before the first evaluation
 * @param withoutBetter     evaluations since the best one
 * @param notFinite         steps in a row whose loss or gradient was not finite
 * @param lossTotal         sum of the losses so far of what the objective counts  @param lossCount how many these were
 * @param seconds           training time so far
 * @param scheduled         false for a commit that only a request to stop caused: an uninterrupted run would not have
 *     it
 */
public record TrainState(int step, int bestStep, double bestLoss, int withoutBetter, int notFinite, double lossTotal,
        @JsonProperty("lossTokens") long lossCount, int optimizerSteps, double seconds, boolean scheduled) {
    public static final TrainState START = new TrainState(0, -1, Double.MAX_VALUE, 0, 0, 0, 0, 0, 0, true);

    /** After one more step. @param finite whether the optimizer took it */
    TrainState stepped(LossSum loss, boolean finite, int optimizerStepsTaken) {
        return new TrainState(step + 1, bestStep, bestLoss, withoutBetter, finite ? 0 : notFinite + 1,
                lossTotal + (finite ? loss.total() : 0), lossCount + (finite ? loss.count() : 0), optimizerStepsTaken,
                seconds, true);
    }

    /** After a step whose cause no further step can mend. @param limit steps in a row that end a run */
    TrainState hopeless(int limit) {
        return new TrainState(step, bestStep, bestLoss, withoutBetter, limit, lossTotal, lossCount, optimizerSteps,
                seconds, scheduled);
    }

    boolean isBetter(double heldOutLoss) { return heldOutLoss < bestLoss; }

    /** After an evaluation. */
    TrainState evaluated(double heldOutLoss) {
        boolean better = isBetter(heldOutLoss);
        return new TrainState(step, better ? step : bestStep, better ? heldOutLoss : bestLoss,
                better ? 0 : withoutBetter + 1, notFinite, lossTotal, lossCount, optimizerSteps, seconds, true);
    }

    /** As it goes into a checkpoint. */
    TrainState saved(double secondsSoFar, boolean isScheduled) {
        return new TrainState(step, bestStep, bestLoss, withoutBetter, notFinite, lossTotal, lossCount, optimizerSteps,
                secondsSoFar, isScheduled);
    }

    /** Mean training loss so far; not a number before the first step. */
    double meanLoss() { return lossCount == 0 ? Double.NaN : lossTotal / lossCount; }
}
