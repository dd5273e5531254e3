package io.weft.rating;

import java.util.Arrays;
import java.util.Optional;

/** Which of two answers is the better one, as they stand before the rater. */
public enum Preference {
    LEFT("left"), RIGHT("right"), TIE("tie"), BOTH_BAD("bothBad");

    private final String word;

    Preference(String word) { this.word = word; }

    /** As ratings.jsonl has it. */
    public String word() { return word; }

    /** The same with the two answers in each other's place. */
    public Preference swapped() { return this == LEFT ? RIGHT : this == RIGHT ? LEFT : this; }

    /** Nothing for another word. */
    public static Optional<Preference> of(String word) {
        return Arrays.stream(values()).filter(preference -> preference.word.equals(word)).findFirst();
    }
}
