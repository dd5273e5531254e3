package io.weft.token.encode;

import io.weft.token.Tokenizer;
import io.weft.token.chat.Segment;
import io.weft.token.read.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Encodes the segments of a rendered conversation. The ids are those of the whole text at once, as Hugging Face makes
 * them, unless somebody's message contains the text of a special token: then that text is ordinary text, and the
 * template's own special tokens stay what they are.
 */
public record SegmentEncoder(Tokenizer tokenizer) {
    /**
     * Ids, and for each whether any of its text is trained, as Hugging Face's assistant masks have it, and whether it
     * begins in a literal segment.
     */
    public record Tokens(int[] ids, boolean[] trained, boolean[] literal) {
        static Tokens of(Encoding encoding, BitSet trained, BitSet literal) {
            int length = encoding.ids().length;
            boolean[] trainedTokens = new boolean[length], literalTokens = new boolean[length];
            for (int i = 0; i < length; i++) {
                int first = trained.nextSetBit(encoding.starts()[i]);
                trainedTokens[i] = first >= 0 && first < encoding.ends()[i];
                literalTokens[i] = literal.get(encoding.starts()[i]);
            }
            return new Tokens(encoding.ids(), trainedTokens, literalTokens);
        }
    }

    /** Segments as one text. @param literal which characters somebody wrote  @param trained which are learned */
    record Joined(String text, BitSet literal, BitSet trained) {
        static Joined of(List<Segment> segments) {
            var text = new StringBuilder();
            BitSet literal = new BitSet(), trained = new BitSet();
            for (Segment segment : segments) {
                int from = text.length();
                text.append(segment.text());
                literal.set(from, text.length(), segment.literal());
                trained.set(from, text.length(), segment.trained());
            }
            return new Joined(text.toString(), literal, trained);
        }

        Tokens tokens(Encoding encoding) { return Tokens.of(encoding, trained, literal); }
    }

    public Tokens encode(List<Segment> segments) {
        Joined joined = Joined.of(segments);
        return joined.tokens(encode(joined.text(), joined.literal()));
    }

    /** As somebody's message: nothing in it is a special token. */
    Encoding encodeLiteral(String text) {
        BitSet literal = new BitSet();
        literal.set(0, text.length());
        return encode(text, literal);
    }

    Encoding encode(String text, BitSet literal) {
        Encoding whole = tokenizer.encodeBareWithSpans(text);
        List<Special> own = new ArrayList<>();
        // the text of a special token stands, at least in part, in a message
        boolean written = false;
        for (int i = 0; i < whole.ids().length; i++) {
            if (!tokenizer.isSpecial(whole.ids()[i])) {
                continue;
            }
            String spelling = tokenizer.token(whole.ids()[i]).orElseThrow();
            // the token may take spaces around it with it
            int inSpan = text.substring(whole.starts()[i], whole.ends()[i]).indexOf(spelling);
            if (inSpan < 0) {
                // the unknown token in place of other text, or a word that shares the id
                written |= tokenizer.isShared(whole.ids()[i]);
                continue;
            }
            int at = whole.starts()[i] + inSpan;
            int writtenAt = literal.nextSetBit(at);
            if (writtenAt >= 0 && writtenAt < at + spelling.length()) {
                written = true;
            } else {
                own.add(new Special(whole.ids()[i], at, at + spelling.length()));
            }
        }
        return written ? guarded(text, own) : whole;
    }

    /** Spells the template's special tokens as secret words, which are all that the guarded encoding recognises. */
    private Encoding guarded(String text, List<Special> own) {
        var guarded = new StringBuilder();
        int[] origin = new int[text.length() + own.stream().mapToInt(special -> tokenizer.guard(special.id).length())
                .sum() + 1];
        int from = 0;
        own.sort(Comparator.comparingInt(Special::start));
        for (Special special : own) {
            from = copy(text, from, special.start, guarded, origin);
            int at = guarded.length();
            guarded.append(tokenizer.guard(special.id));
            Arrays.fill(origin, at, guarded.length(), special.start);
            from = special.end;
        }
        copy(text, from, text.length(), guarded, origin);
        origin[guarded.length()] = text.length();
        Encoding encoding = tokenizer.encodeGuarded(guarded.toString());
        int length = encoding.ids().length;
        int[] starts = new int[length], ends = new int[length];
        for (int i = 0; i < length; i++) {
            starts[i] = origin[encoding.starts()[i]];
            ends[i] = origin[encoding.ends()[i]];
        }
        return new Encoding(encoding.ids(), starts, ends);
    }

    private static int copy(String text, int from, int to, StringBuilder target, int[] origin) {
        for (int i = from; i < to; i++) {
            origin[target.length()] = i;
            target.append(text.charAt(i));
        }
        return to;
    }

    private record Special(int id, int start, int end) {}
}
