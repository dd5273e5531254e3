package io.weft.feedback;

import io.weft.data.Place;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A held-out row that the tuned model answers badly.
 *
 * @param place   in the user's file, where the row could be found again
 * @param loss    of its expected answer  @param rougeL of the given one, 0 to 100  @param score of people, 1 to 5
 * @param nearest training rows, the most alike first
 */
public record WeakRow(int number, Optional<Place> place, String prompt, String expected, String answer,
        OptionalDouble loss, OptionalDouble rougeL, OptionalDouble score, List<Near> nearest) {
    /** Of rows less alike than this nothing can be learned for one another. */
    private static final double UNLIKE = 0.2;
    /** Rows that ask this alike ask the same. */
    private static final double SAME = 0.8;

    /** A training row. @param similarity of what both ask, 0 to 1 */
    public record Near(Place place, double similarity, String prompt, String answer) {}

    /** What is to be looked at. */
    public enum Task { MISSING, CONTRADICTION, LOOK }

    WeakRow with(Optional<Place> at, List<Near> rows) {
        return new WeakRow(number, at, prompt, expected, answer, loss, rougeL, score, rows);
    }

    public Task task() {
        if (nearest.isEmpty() || nearest.get(0).similarity() < UNLIKE) {
            return Task.MISSING;
        }
        Near first = nearest.get(0);
        return first.similarity() >= SAME && !first.answer().strip().equals(expected.strip()) ? Task.CONTRADICTION
                : Task.LOOK;
    }
}
