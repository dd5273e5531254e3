package io.weft.data;

import io.weft.settings.Word;

/** What happens to a conversation of more tokens than an example may have; {@code data.overLength} in a recipe. */
public enum OverLength implements Word {
    /**
     * Shortens what is asked before what is answered, and keeps the begin token, the marker of the answer and the end
     * token.
     */
    CUT,
    /**
     * Drops all tokens past the limit, the end token included, as TRL does; an example without an answer left is
     * dropped.
     */
    CUT_END,
    /** Leaves the conversation out. */
    DROP,
    /** Stops with an error that names the row. */
    REFUSE
}
