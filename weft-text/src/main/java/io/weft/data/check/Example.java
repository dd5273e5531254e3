package io.weft.data.check;

import io.weft.data.Excerpt;
import io.weft.data.Place;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A row that a verdict speaks of.
 *
 * @param other      the row that it repeats or contradicts
 * @param similarity of the two, where they are only nearly the same
 * @param found      what was found there: a beginning of the text, a number, a kind
 */
public record Example(Place place, Optional<Place> other, OptionalDouble similarity, String found) {
    public static Example of(Place place, String found) {
        return new Example(place, Optional.empty(), OptionalDouble.empty(), found);
    }

    /** One shown by the beginning of its text. */
    public static Example ofText(Place place, String text) { return of(place, Excerpt.of(text)); }

    /** Two rows, the earlier of the file second. */
    public static Example of(Place one, Place other, OptionalDouble similarity, String text) {
        boolean inOrder = one.compareTo(other) >= 0;
        return new Example(inOrder ? one : other, Optional.of(inOrder ? other : one), similarity, Excerpt.of(text));
    }
}
