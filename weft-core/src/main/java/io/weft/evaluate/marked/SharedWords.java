package io.weft.evaluate.marked;

import io.weft.metric.CommonSubsequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What a text shares with another, so that a reader sees where two answers differ: the words of their longest common
 * subsequence.
 */
final class SharedWords {
    /** Words that are compared; what follows counts as not shared. The table behind it grows with the product. */
    private static final int MOST = 2000;
    private static final int SPACE = 0, WORD = 1, SIGN = 2;

    private SharedWords() {}

    /** A piece of the text. @param shared whether the other text has these words, too, in the same order */
    record Piece(String text, boolean shared) {}

    /** The pieces of a text; joined, they are the text. */
    static List<Piece> of(String text, String other) {
        List<String> parts = parts(text);
        List<String> words = parts.stream().filter(part -> !part.isBlank()).limit(MOST).toList();
        BitSet shared = CommonSubsequence.positions(words, parts(other).stream().filter(part -> !part.isBlank())
                .limit(MOST).toList());
        List<Piece> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        boolean now = false;
        int word = 0;
        for (String part : parts) {
            // a space is shared between shared words
            boolean next = part.isBlank() ? now && shared.get(word) : shared.get(word++);
            if (next != now && piece.length() > 0) {
                pieces.add(new Piece(piece.toString(), now));
                piece.setLength(0);
            }
            now = next;
            piece.append(part);
        }
        if (piece.length() > 0) {
            pieces.add(new Piece(piece.toString(), now));
        }
        return pieces;
    }

    /** Words, runs of white space, single ideographs and single signs. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        int before = SIGN;
        for (int c : text.codePoints().toArray()) {
            int kind = Character.isWhitespace(c) ? SPACE : Character.isLetterOrDigit(c) && !Character.isIdeographic(c)
                    ? WORD : SIGN;
            if (run.length() > 0 && (kind != before || kind == SIGN)) {
                parts.add(run.toString());
                run.setLength(0);
            }
            run.appendCodePoint(c);
            before = kind;
        }
        if (run.length() > 0) {
            parts.add(run.toString());
        }
        return parts;
    }
}
