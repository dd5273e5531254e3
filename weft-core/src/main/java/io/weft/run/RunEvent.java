package io.weft.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.weft.settings.Word;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
     * @param loss         mean over what the objective counts in the step, before the step
     * @param gradientNorm before clipping
     * @param learningRate used in this step
     * @param trainedTokens targets in this step  @param tokens all tokens in this step (there is no padding)
     * @param seconds      wall time of the step
     * @param metrics      what else the objective measured in the step, by name, e.g. "rewards/margins"
     */
    record StepDone(int step, double epoch, double loss, double gradientNorm, double learningRate, long trainedTokens,
            long tokens, double seconds, @JsonInclude(Include.NON_EMPTY) Map<String, Double> metrics)
            implements RunEvent {
        public StepDone { metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics)); }

        /** A step of an objective that measures its loss alone. */
        public StepDone(int step, double epoch, double loss, double gradientNorm, double learningRate,
                long trainedTokens, long tokens, double seconds) {
            this(step, epoch, loss, gradientNorm, learningRate, trainedTokens, tokens, seconds, Map.of());
        }
    }

    /**
     * A held-out evaluation.
     *
     * @param loss exact mean over what the objective counts  @param best whether it is the lowest so far
     * @param metrics what else the objective measured, by name
     * @param standardError of the loss, as far as the rows tell; not a number where they are too few or it was not
     *     measured
     */
    record Evaluated(int step, double epoch, double loss, long trainedTokens, int rows, boolean best, double seconds,
            @JsonInclude(Include.NON_EMPTY) Map<String, Double> metrics, double standardError) implements RunEvent {
        public Evaluated { metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics)); }

        /** An evaluation whose error is not known. */
        public Evaluated(int step, double epoch, double loss, long trainedTokens, int rows, boolean best,
                double seconds, Map<String, Double> metrics) {
            this(step, epoch, loss, trainedTokens, rows, best, seconds, metrics, Double.NaN);
        }

        /** An evaluation by an objective that measures its loss alone. */
        public Evaluated(int step, double epoch, double loss, long trainedTokens, int rows, boolean best,
                double seconds) {
            this(step, epoch, loss, trainedTokens, rows, best, seconds, Map.of());
        }
    }

    /** A checkpoint is committed. @param folder relative to the run folder */
    record Saved(int step, String folder) implements RunEvent {}

    /**
     * From here on a setting has another value, as {@code weft resume --change} asked for.
     *
     * @param key    of the recipe, such as "train.learningRate"
     * @param before as a command line gives it; "null" for what is unset
     */
    record Changed(int step, String key, String before, String after) implements RunEvent {}

    /**
     * Something the user should know. No sentence: what an event says does not depend on a language; {@link
     * WarningText} makes the sentence where it is printed.
     *
     * @param kind      short and stable, e.g. "loss.notFinite"
     * @param arguments what the sentence is about: Long, Double or String
     */
    record Warned(int step, String kind, List<Object> arguments) implements RunEvent {
        public Warned { arguments = arguments.stream().map(Warned::plain).toList(); }

        /** @param arguments whole numbers, finite numbers, or anything that is a word by its {@code toString} */
        public static Warned of(int step, String kind, Object... arguments) {
            return new Warned(step, kind, List.of(arguments));
        }

        /** As it is read back from a log. */
        private static Object plain(Object argument) {
            return argument instanceof Integer whole ? Long.valueOf(whole)
                    : argument instanceof Long || argument instanceof Double number && Double.isFinite(number)
                    ? argument : argument.toString();
        }
    }

    /**
     * The run is over.
     *
     * @param bestStep      step of the best held-out loss, -1 when nothing was evaluated
     * @param untouchedLoss held-out loss of the model without what was tuned; not a number where it was not measured
     */
    record Finished(int step, Reason reason, double trainLoss, int bestStep, double bestLoss, double seconds,
            double untouchedLoss) implements RunEvent {
        /** An end that was compared with nothing. */
        public Finished(int step, Reason reason, double trainLoss, int bestStep, double bestLoss, double seconds) {
            this(step, reason, trainLoss, bestStep, bestLoss, seconds, Double.NaN);
        }

        public Finished ending(Reason other) {
            return new Finished(step, other, trainLoss, bestStep, bestLoss, seconds, untouchedLoss);
        }

        public Finished comparedWith(double untouched) {
            return new Finished(step, reason, trainLoss, bestStep, bestLoss, seconds, untouched);
        }

        /** Why a run ends. */
        public enum Reason implements Word {
            /** All steps are done. */
            DONE,
            /** The held-out loss no longer falls. */
            PATIENCE,
            /** It was asked to stop, and can go on. */
            STOPPED,
            /** Its loss or gradient was not finite several times in a row. */
            DIVERGED,
            /** The last weights are worse than the untouched model or than guessing; the best ones stay. */
            SPOILT,
            /** What it leaves is better than the untouched model, and yet worse than guessing. */
            UNLEARNED,
            /** What it leaves is worse than the untouched model. */
            WORSE
        }
    }
}
