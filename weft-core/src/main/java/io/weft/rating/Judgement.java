package io.weft.rating;

import java.time.Instant;

/**
 * One line of {@code ratings.jsonl}.
 *
 * @param undo whether the rater took their last judgement back: the verdict is then the one before it, or empty
 */
public record Judgement(Rater rater, Shown shown, Verdict verdict, boolean undo, Instant at) {
    /** What it is about: a later judgement of the same rater about the same replaces it. */
    String subject() {
        return verdict instanceof Verdict.Score score ? shown.answers().get(score.position()) : shown.pair();
    }
}
