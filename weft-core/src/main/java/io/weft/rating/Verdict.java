package io.weft.rating;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a rater says of what is shown; one that is empty takes an earlier one back. */
public sealed interface Verdict {
    int LEAST = 1, MOST = 5;

    boolean isEmpty();

    /**
     * How good one answer is.
     *
     * @param position of the answer among those shown, from 0 on
     * @param value    1 to 5; a person's is whole, a model's may be the mean of two
     */
    record Score(int position, OptionalDouble value) implements Verdict {
        public Score {
            if (value.isPresent() && !(value.getAsDouble() >= LEAST && value.getAsDouble() <= MOST)) {
                throw new IllegalArgumentException("a score of " + value.getAsDouble());
            }
        }

        @Override public boolean isEmpty() { return value.isEmpty(); }
    }

    /**
     * Which of two answers is better.
     *
     * @param passes what a model said when asked with the answers as shown and again in each other's place, each time
     *     as they then stood; none for people, who are asked once
     */
    record Vote(Optional<Preference> preference, List<Preference> passes) implements Verdict {
        public Vote(Optional<Preference> preference) { this(preference, List.of()); }

        public Vote { passes = List.copyOf(passes); }

        @Override public boolean isEmpty() { return preference.isEmpty(); }
    }
}
