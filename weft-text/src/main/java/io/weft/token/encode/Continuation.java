package io.weft.token.encode;

import io.weft.token.Tokenizer;
import io.weft.token.read.Encoding;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes a text that goes on where ids end. Tokenizers of SentencePiece put a space before every text that they
 * encode, which would stand between prompt and answer: then the text is encoded behind a word that no token joins it
 * to, and that word's tokens are left out.
 */
final class Continuation {
    /** Tokens at the end of what goes before that are looked at. */
    private static final int SEEN = 16;
    private static final List<String> WORDS = List.of("\n", ":", "a", "0", "。", "|", "(");
    private final SegmentEncoder segments;
    private final Tokenizer tokenizer;

    Continuation(SegmentEncoder segments) {
        this.segments = segments;
        this.tokenizer = segments.tokenizer();
    }

    /** Of what somebody wrote. */
    int[] of(int[] before, String text) {
        BitSet literal = new BitSet();
        literal.set(0, text.length());
        return of(before, text, literal).ids();
    }

    /** @param literal which characters of the text somebody wrote  @return spans within the text */
    Encoding of(int[] before, String text, BitSet literal) {
        Encoding alone = segments.encode(text, literal);
        int[] seen = Arrays.copyOfRange(before, Math.max(0, before.length - SEEN), before.length);
        if (goesOn(seen, alone, text)) {
            return alone;
        }
        for (String word : WORDS) {
            int[] ids = segments.encodeLiteral(word).ids();
            BitSet shifted = new BitSet();
            shifted.set(0, word.length());
            literal.stream().forEach(i -> shifted.set(word.length() + i));
            Encoding both = segments.encode(word + text, shifted);
            if (begins(both.ids(), ids)) {
                Encoding rest = behind(both, ids.length, word.length());
                if (goesOn(seen, rest, text)) {
                    return rest;
                }
            }
        }
        return alone;                                                // a tokenizer that changes texts
    }

    /** Whether the ids add this very text, as far as the first special token. */
    private boolean goesOn(int[] seen, Encoding added, String text) {
        int count = (int) IntStream.of(added.ids()).takeWhile(id -> !tokenizer.isSpecial(id)).count();
        String words = count < added.ids().length ? text.substring(0, added.starts()[count]) : text;
        int[] both = IntStream.concat(IntStream.of(seen), IntStream.of(added.ids()).limit(count)).toArray();
        return tokenizer.decode(both, false).equals(tokenizer.decode(seen, false) + words);
    }

    private static Encoding behind(Encoding both, int from, int shift) {
        int length = both.ids().length;
        return new Encoding(Arrays.copyOfRange(both.ids(), from, length),
                IntStream.range(from, length).map(i -> Math.max(0, both.starts()[i] - shift)).toArray(),
                IntStream.range(from, length).map(i -> Math.max(0, both.ends()[i] - shift)).toArray());
    }

    /** Whether the ids begin with these. */
    static boolean begins(int[] whole, int[] with) {
        return whole.length >= with.length && Arrays.equals(whole, 0, with.length, with, 0, with.length);
    }
}
