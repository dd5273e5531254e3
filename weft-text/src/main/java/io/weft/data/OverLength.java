package io.weft.data;

import io.weft.settings.Word;

/**
 * What happens to a row of more tokens than an example may have; {@code data.overLength} in a recipe. No way but {@link
 * #CUT_END} takes a begin token, the marker of the answer or an end token.
 */
public enum OverLength implements Word {
    /** Shortens what is asked before what is answered: the question loses its beginning, an answer its end. */
    CUT,
    /** As {@link #CUT}, but the question loses its middle: what it begins with and ends with stays. */
    CUT_MIDDLE,
    /** Shortens the last answer from its end, then the question from its end; the end token stays behind it. */
    CUT_RIGHT,
    /**
     * Drops all tokens past the limit, the end token included, as TRL does; an example without an answer left is
     * dropped.
     */
    CUT_END,
    /**
     * Makes several examples of one: a conversation is divided between its exchanges, a long answer goes on in further
     * examples, each behind the question and what stands before in the answer. Every answer is learned once. Where a
     * question leaves no room for that, as {@link #CUT}.
     */
    SPLIT,
    /** Leaves the row out. */
    DROP,
    /** Stops with an error that names the row. */
    REFUSE;

    /** Which part of a question goes, where this way shortens it: the beginning for all but two. */
    public OverLength ofQuestion() { return this == CUT_MIDDLE || this == CUT_RIGHT ? this : CUT; }
}
