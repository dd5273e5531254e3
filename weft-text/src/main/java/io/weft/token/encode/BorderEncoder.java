package io.weft.token.encode;

import io.weft.token.chat.Segment;
import io.weft.token.encode.SegmentEncoder.Tokens;
import io.weft.token.read.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Encodes a conversation so that the ids up to each border, where a prompt ends and its answer begins, are the ids of
 * the text up to there, whatever follows. What asks for an answer is therefore how the conversation with it begins.
 * <pre>
 * prompt      Sentiment:_|          asked with  [Sentiment] [:] [_]
 * answer                 |positive  as one text [Sentiment] [:] [_positive]   no border between prompt and answer
 *                                   here        [Sentiment] [:] [_] [positive]
 * </pre> Where the text as a whole has a border there anyway, its ids are those of the text as a whole.
 *
 * <p>A special token of the template separates texts, so nothing before the last one is encoded again for a border.
 */
final class BorderEncoder {
    private final SegmentEncoder segments;
    private final Continuation continuation;

    BorderEncoder(SegmentEncoder segments) {
        this.segments = segments;
        this.continuation = new Continuation(segments);
    }

    /**
     * @param tokens  of the whole
     * @param borders for each border the tokens before it
     * @param moved   borders that the text as a whole does not have
     */
    record Bordered(Tokens tokens, int[] borders, int moved) {}

    /** @param borders places in the whole text, rising */
    Bordered encode(List<Segment> parts, int[] borders) {
        var joined = SegmentEncoder.Joined.of(parts);
        var walk = new Walk(joined.text(), joined.literal());
        int[] tokens = Arrays.stream(borders).map(walk::to).toArray();
        walk.to(joined.text().length());
        return new Bordered(joined.tokens(walk.encoding()), tokens, walk.moved);
    }

    /** From border to border. */
    private final class Walk {
        private final String text;
        private final BitSet literal;
        private final List<Encoding> done = new ArrayList<>();
        private int doneTokens;
        // what is not done begins here and was last encoded up to there
        private int from, upTo;
        private Encoding open = new Encoding(new int[0], new int[0], new int[0]);
        private int moved;

        Walk(String text, BitSet literal) {
            this.text = text;
            this.literal = literal;
        }

        /** @return how many tokens the text up to there has */
        int to(int end) {
            if (end > upTo) {
                Encoding whole = segments.encode(text.substring(from, end), literal.get(from, end));
                if (Continuation.begins(whole.ids(), open.ids())) {
                    open = whole;
                } else {
                    moved++;
                    Encoding next = continuation.of(open.ids(), text.substring(upTo, end), literal.get(upTo, end));
                    finish(open.ids().length);
                    from = upTo;
                    open = next;
                }
                upTo = end;
                separate();
            }
            return doneTokens + open.ids().length;
        }

        /** Nothing before the last special token of the template can change any more. */
        private void separate() {
            for (int i = open.ids().length - 1; i > 0; i--) {
                int start = from + open.starts()[i];
                if (segments.tokenizer().isSpecial(open.ids()[i]) && literal.get(start, from + open.ends()[i]).isEmpty()
                        && open.ends()[i] > open.starts()[i]) {
                    Encoding rest = part(open, i, open.ids().length, -open.starts()[i]);
                    finish(i);
                    from = start;
                    open = rest;
                    return;
                }
            }
        }

        private void finish(int tokens) {
            done.add(part(open, 0, tokens, from));
            doneTokens += tokens;
        }

        Encoding encoding() {
            finish(open.ids().length);
            return new Encoding(joined(Encoding::ids), joined(Encoding::starts), joined(Encoding::ends));
        }

        private int[] joined(Function<Encoding, int[]> part) {
            return done.stream().map(part).flatMapToInt(Arrays::stream).toArray();
        }
    }

    private static Encoding part(Encoding of, int from, int to, int shift) {
        return new Encoding(Arrays.copyOfRange(of.ids(), from, to), shifted(of.starts(), from, to, shift),
                shifted(of.ends(), from, to, shift));
    }

    private static int[] shifted(int[] places, int from, int to, int shift) {
        return IntStream.range(from, to).map(i -> places[i] + shift).toArray();
    }
}
