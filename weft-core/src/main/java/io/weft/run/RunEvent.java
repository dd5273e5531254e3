package io.weft.run;

import java.util.List;

/**
 * Something that happened in a run, in the order it happened. Listeners write them down (events.jsonl, TensorBoard, the
 * console); everything but the fields named {@code seconds} and {@code at} is the same in every repetition of a run.
 */
public sealed interface RunEvent {
    /** Optimizer step at which it happened, from 0 before the first. */
    int step();

    /**
     * The run begins or goes on.
     *
     * @param steps optimizer steps in all
     * @param stepsPerEpoch of them in one epoch
     * @param resumed the step it goes on from, 0 for a fresh start
     */
    record Started(int step, int steps, int stepsPerEpoch, int trainRows, int heldOutRows, long trainableParameters,
            long allParameters, boolean resumed) implements RunEvent {}

    /**
     * One optimizer step.
     * @param epoch        epochs done, fractional
     * @param loss         mean over the step's trained tokens, before the step
     * @param gradientNorm before clipping
     * @param learningRate used in this step
     * @param trainedTokens targets in this step  @param tokens all tokens in this step (there is no padding)
     * @param seconds      wall time of the step
     */
    record StepDone(int step, double epoch, double loss, double gradientNorm, double learningRate, long trainedTokens,
            long tokens, double seconds) implements RunEvent {}

    /** A held-out evaluation. @param loss token-exact mean  @param best whether it is the lowest so far */
    record Evaluated(int step, double epoch, double loss, long trainedTokens, int rows, boolean best, double seconds)
            implements RunEvent {}

    /** A checkpoint is committed. @param folder relative to the run folder */
    record Saved(int step, String folder) implements RunEvent {}

    /**
     * Something the user should know.
     *
     * @param kind short and stable, e.g. "loss.notFinite"
     * @param message fit to print
     */
    record Warned(int step, String kind, String message) implements RunEvent {}

    /**
     * The run is over.
     *
     * @param reason "done", "patience", "stopped" or "diverged"
     * @param bestStep step of the best held-out loss, -1 when nothing was evaluated
     */
    record Finished(int step, String reason, double trainLoss, int bestStep, double bestLoss, double seconds)
            implements RunEvent {
        /** The reasons that a run can end for. */
        public static final List<String> REASONS = List.of("done", "patience", "stopped", "diverged");
    }
}
