package io.weft.rating;

import io.weft.problem.UserError;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * What is asked.
 *
 * @param rows how many held-out rows, drawn by the seed; all where empty
 * @param seed of the order of the rows and, for each rater, of left and right
 */
public record RatingSettings(OptionalInt rows, long seed, Question question) {
    public static final RatingSettings DEFAULTS = new RatingSettings(OptionalInt.empty(), 42, Question.BOTH);

    /** What a rater is asked of the answers to a row. */
    public enum Question {
        /** Which of two is better, and how good each is. */
        BOTH,
        /** Which of two is better. */
        PREFERENCE,
        /** How good an answer is, one at a time. */
        SCORES
    }

    public RatingSettings {
        if (rows.isPresent() && rows.getAsInt() < 1) {
            throw UserError.of(say("--rows %d: at least 1", rows.getAsInt()));
        }
    }
}
