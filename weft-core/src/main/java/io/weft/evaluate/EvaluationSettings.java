package io.weft.evaluate;

import io.weft.generate.Sampling;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * How models are judged; the defaults are the tutorial's.
 *
 * @param promptTokens longest prompt, longer ones are shortened as {@code data.overLength: cut} does
 * @param sampling     of the answers
 * @param rows         only the first N held-out rows; all when not given
 * @param batch        most rows that are answered at once; fewer when their caches would take too much memory
 */
public record EvaluationSettings(int promptTokens, Sampling sampling, OptionalInt rows, int batch) {
    public static final EvaluationSettings DEFAULTS = new EvaluationSettings(512, Sampling.DEFAULTS,
            OptionalInt.empty(), 16);

    /** @throws UserError naming every number that is out of its bounds */
    public EvaluationSettings {
        Problems problems = new Problems(say("the evaluation"));
        require(problems, "promptTokens", promptTokens);
        rows.ifPresent(n -> require(problems, "rows", n));
        require(problems, "batch", batch);
        problems.throwIfAny();
    }

    private static void require(Problems problems, String name, int found) {
        if (found < 1) {
            problems.add(say("%s is %d; expected 1 or more", name, found));
        }
    }

    public EvaluationSettings withSampling(Sampling other) {
        return new EvaluationSettings(promptTokens, other, rows, batch);
    }

    /** The same, always taking the most probable token. */
    public EvaluationSettings greedy() { return withSampling(sampling.withTemperature(0)); }

    public EvaluationSettings withRows(int first) {
        return new EvaluationSettings(promptTokens, sampling, OptionalInt.of(first), batch);
    }

    /** @param longest prompt */
    public EvaluationSettings withPromptTokens(int longest) {
        return new EvaluationSettings(longest, sampling, rows, batch);
    }

    /** @param rows answered together */
    public EvaluationSettings withBatch(int rows) {
        return new EvaluationSettings(promptTokens, sampling, this.rows, rows);
    }
}
