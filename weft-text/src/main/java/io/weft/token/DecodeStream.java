package io.weft.token;

import java.util.Arrays;

/**
 * Turns ids into text as they arrive, never half a character: what {@link #push} and a last {@link #finish} return,
 * joined, equals {@link Tokenizer#decode} of all ids. Belongs to one thread at a time.
 *
 * <p>Text is held back while it may still change: while its end is no whole character yet, and within a run of byte
 * tokens, which the decoder judges as one. What is decoded each time begins with the tokens of the text returned
 * before, because leading spaces are dropped at the start only.
 */
public final class DecodeStream {
    /** What the ids mean: a {@link Tokenizer}. */
    interface Source {
        String decode(int[] ids, boolean skipSpecial);

        boolean isSpecial(int id);

        /** True for a token that stands for one byte of a character. */
        boolean isByte(int id);
    }

    private static final char REPLACEMENT = '\uFFFD';
    private final Source tokenizer;
    private final boolean skipSpecial;
    // tokens of the text returned last, then those not returned yet
    private int[] window = new int[16];
    private int filled;
    private int returnedTokens;
    // length of the text of the returned tokens in the window
    private int returnedUnits;

    DecodeStream(Source tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /** Takes the next id. @return the text that is now certain, often that of this id, possibly empty */
    public String push(int id) {
        if (skipSpecial && tokenizer.isSpecial(id)) {
            return "";
        }
        if (filled == window.length) {
            window = Arrays.copyOf(window, 2 * filled);
        }
        window[filled++] = id;
        if (tokenizer.isByte(id)) {
            return "";
        }
        String text = text();
        return text.length() <= returnedUnits || text.charAt(text.length() - 1) == REPLACEMENT ? "" : advance(text);
    }

    /** The end of the ids. @return the text held back, with U+FFFD for characters that were never finished */
    public String finish() {
        String text = text();
        return text.length() <= returnedUnits ? "" : advance(text);
    }

    private String text() { return tokenizer.decode(Arrays.copyOf(window, filled), skipSpecial); }

    /**
     * The window goes on to the tokens of the text returned now, unless these alone would be no text: then the next one
     * would count as the first.
     */
    private String advance(String text) {
        String fresh = text.substring(returnedUnits);
        String alone = tokenizer.decode(Arrays.copyOfRange(window, returnedTokens, filled), skipSpecial);
        if (!alone.isEmpty()) {
            window = Arrays.copyOfRange(window, returnedTokens, Math.max(filled, returnedTokens + 16));
            filled -= returnedTokens;
        }
        returnedTokens = filled;
        returnedUnits = alone.isEmpty() ? text.length() : alone.length();
        return fresh;
    }
}
