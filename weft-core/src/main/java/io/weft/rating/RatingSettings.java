package io.weft.rating;

import io.weft.problem.UserError;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

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
        SCORES;

        /** @throws UserError for another word */
        public static Question of(String word) {
            return Arrays.stream(values()).filter(question -> question.word().equals(word)).findFirst()
                    .orElseThrow(() -> UserError.of(say("--ask %s: there are %s", word,
                    Arrays.stream(values()).map(Question::word).collect(Collectors.joining(", ")))));
        }

        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    public RatingSettings {
        if (rows.isPresent() && rows.getAsInt() < 1) {
            throw UserError.of(say("--rows %d: at least 1", rows.getAsInt()));
        }
    }
}
