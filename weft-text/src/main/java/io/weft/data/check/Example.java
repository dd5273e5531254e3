package io.weft.data.check;

import io.weft.data.Excerpt;
import io.weft.data.Place;
import java.util.Optional;

/**
 * A row that a verdict speaks of.
 *
 * @param other the row that it repeats or contradicts
 * @param found what was found there: a beginning of the text, a number, a kind
 */
public record Example(Place place, Optional<Place> other, String found) {
    public static Example of(Place place, String text) {
        return new Example(place, Optional.empty(), Excerpt.of(text));
    }

    /** Two rows, the earlier of the file second. */
    public static Example of(Place one, Place other, String text) {
        return one.compareTo(other) >= 0 ? new Example(one, Optional.of(other), Excerpt.of(text))
                : new Example(other, Optional.of(one), Excerpt.of(text));
    }
}
