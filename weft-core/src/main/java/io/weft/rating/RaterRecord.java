package io.weft.rating;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one rater says by now, and how it came to that, so that it can be taken back step by step. Threads may share
 * one.
 */
final class RaterRecord {
    private final Map<String, Judgement> standing = new LinkedHashMap<>();
    private final Deque<Step> steps = new ArrayDeque<>();

    /** One judgement, and what it replaced. */
    private record Step(Judgement made, Optional<Judgement> before) {}

    synchronized void take(Judgement judgement) {
        String subject = judgement.subject();
        if (judgement.undo()) {
            steps.pollLast();
        } else {
            steps.addLast(new Step(judgement, Optional.ofNullable(standing.get(subject))));
        }
        if (judgement.verdict().isEmpty()) {
            standing.remove(subject);
        } else {
            standing.put(subject, judgement);
        }
    }

    /** The judgement that stands about a subject. */
    synchronized Optional<Judgement> about(String subject) { return Optional.ofNullable(standing.get(subject)); }

    /** All that stand. */
    synchronized List<Judgement> standing() { return List.copyOf(standing.values()); }

    /** The line that takes the last step back; nothing where there is none. */
    synchronized Optional<Judgement> undoing(Instant at) {
        return Optional.ofNullable(steps.peekLast()).map(step -> {
            Judgement back = step.before().orElse(step.made());
            return new Judgement(back.rater(), back.shown(), step.before().map(Judgement::verdict)
                    .orElseGet(() -> emptied(back.verdict())), true, at);
        });
    }

    private static Verdict emptied(Verdict verdict) {
        return verdict instanceof Verdict.Score score
                ? new Verdict.Score(score.position(), OptionalDouble.empty())
                : new Verdict.Vote(Optional.empty());
    }
}
