package io.weft.token;

import java.util.Arrays;
import java.util.Optional;

/** What happens to a conversation of more tokens than an example may have; {@code data.overLength} in a recipe. */
public enum OverLength {
    /**
     * Shortens what is asked before what is answered, and keeps the begin token, the marker of the answer and the end
     * token.
     */
    CUT("cut"),
    /**
     * Drops all tokens past the limit, the end token included, as TRL does; an example without an answer left is
     * dropped.
     */
    CUT_END("cutEnd"),
    /** Leaves the conversation out. */
    DROP("drop"),
    /** Stops with an error that names the row. */
    REFUSE("refuse");

    private final String word;

    OverLength(String word) { this.word = word; }

    /** The word of recipes. */
    public String word() { return word; }

    public static Optional<OverLength> named(String word) {
        return Arrays.stream(values()).filter(value -> value.word.equals(word)).findFirst();
    }
}
