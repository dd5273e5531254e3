package io.weft.train;

/**
 * Everything about a run's progress that is not a tensor: with the weights and the optimizer's moments it is all that a
 * resumed run needs.
 *
 * @param step              finished optimizer steps
 * @param bestStep          step of the best held-out loss, -1 before the first evaluation
 * @param withoutBetter     evaluations since the best one
 * @param notFinite         steps in a row whose loss or gradient was not finite
 * @param lossTotal         sum of the trained tokens' losses so far  @param lossTokens their number
 * @param seconds           training time so far
 * @param scheduled         false for a commit that only a request to stop caused: an uninterrupted run would not have
 *     it
 */
public record TrainState(int step, int bestStep, double bestLoss, int withoutBetter, int notFinite, double lossTotal,
        long lossTokens, int optimizerSteps, double seconds, boolean scheduled) {
    public static final TrainState START = new TrainState(0, -1, Double.MAX_VALUE, 0, 0, 0, 0, 0, 0, true);
}
