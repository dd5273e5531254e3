package io.weft.token.tool;

import java.util.List;

/**
 * Tells calls from words as an answer arrives. What turns out to be no call, such as JSON that breaks off, is given as
 * the words that it is. Belongs to one thread at a time.
 */
public interface CallReader {
    /** What is certain now; either part is often empty. */
    record Piece(String words, List<ToolCall> calls) {
        static final Piece NOTHING = new Piece("", List.of());

        static Piece words(String words) { return words.isEmpty() ? NOTHING : new Piece(words, List.of()); }
    }

    /** Takes more of the answer's words. */
    Piece push(String words);

    /** The end of the answer: all that was held back. */
    Piece finish();
}
