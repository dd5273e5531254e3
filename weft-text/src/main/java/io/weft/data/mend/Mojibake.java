package io.weft.data.mend;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * UTF-8 that was read as another encoding and so written: "caf\u00c3\u00a9", "\u6d63\u72b2\u30bd". A text is read again
 * only
 * where that is certain: all of it goes back to bytes and these are UTF-8 from the first to the last, what comes out
 * goes the same way back to the text that was there, and it looks like a text where the other does not.
 */
final class Mojibake {
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final String GBK = "GBK", GB2312 = "GB2312";
    /** In GB2312 the 3,755 characters in daily use stand in the rows 16 to 55. */
    private static final int FIRST_ROW = 0xB0, LAST_ROW = 0xD7;

    private Mojibake() {}

    /** The text as it was written; the same where it is none, or nobody can tell. */
    static String mended(String text) {
        return text.chars().allMatch(c -> c < 0x80) ? text : western(text).or(() -> chinese(text)).orElse(text);
    }

    private static Optional<String> western(String text) {
        byte[] bytes = new byte[text.length()];
        CharsetEncoder encoder = WINDOWS.newEncoder();
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c < 0x100) {
                bytes[i] = (byte) c; // also the five places that Windows-1252 leaves free, as Latin-1 has them
            } else if (encoder.canEncode(c)) {
                bytes[i] = WINDOWS.encode(CharBuffer.wrap(new char[] {c})).get(0);
            } else {
                return Optional.empty();
            }
        }
        return decoded(bytes, StandardCharsets.UTF_8).filter(Mojibake::looksWritten);
    }

    /**
     * One pair such as "\u00c9\u00bb" may stand in a French text. Two pairs do not, nor a triple, nor one pair that
     * begins with the \u00c2 or \u00c3 before all Western letters and ends in no quotation mark.
     */
    private static boolean looksWritten(String read) {
        int pairs = 0, triples = 0;
        boolean western = false;
        for (int i = 0; i < read.length(); i++) {
            char c = read.charAt(i);
            if (c < 0x80) {
                continue;
            }
            if (!isLikely(c)) {
                return false;
            }
            pairs += c < 0x800 ? 1 : 0;
            triples += c < 0x800 ? 0 : 1;
            int second = 0x80 | c & 0x3F;
            western |= c < 0x100 && second != 0xAB && second != 0xBB && (second < 0x91 || second > 0x94);
        }
        return pairs > 1 || triples > 0 || western;
    }

    /** Letters of the languages that most texts are in, their punctuation, and pictures. */
    private static boolean isLikely(char c) {
        return c >= 0xA0 && c < 0x180 || c >= 0x370 && c < 0x530 || c >= 0x1E00 && c < 0x2000
                || c >= 0x2010 && c < 0x2200 || c >= 0x2460 && c < 0x2800 || c >= 0x3000 && c < 0xA000
                || c >= 0xAC00 && c < 0xD7A4 || Character.isSurrogate(c) || c >= 0xFF01 && c < 0xFFEF;
    }

    private static Optional<String> chinese(String text) {
        if (!Charset.isSupported(GBK) || !Charset.isSupported(GB2312)) {
            return Optional.empty();
        }
        return encoded(text, Charset.forName(GBK))
                .flatMap(bytes -> decoded(bytes, StandardCharsets.UTF_8))
                .filter(read -> isAllChinese(read) && daily(read) >= 0.9 && daily(text) <= 0.6);
    }

    private static boolean isAllChinese(String read) {
        long wide = read.chars().filter(c -> c >= 0x80).count();
        return wide > 1 && wide == read.chars().filter(c -> c >= 0x2010 && c <= 0x2030 || c >= 0x3000 && c <= 0x303F
                || c >= 0x4E00 && c < 0xA000 || c >= 0xFF01 && c <= 0xFF5E).count();
    }

    /** The share of its Chinese characters that are in daily use; 1 where there are none. */
    private static double daily(String text) {
        int all = 0, daily = 0;
        CharsetEncoder encoder = Charset.forName(GB2312).newEncoder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x3400 || c >= 0xA000) {
                all += c >= 0xE000 && c < 0xF900 ? 1 : 0;
                continue;
            }
            all++;
            if (encoder.canEncode(c)) {
                int row = Charset.forName(GB2312).encode(CharBuffer.wrap(new char[] {c})).get(0) & 0xFF;
                daily += row >= FIRST_ROW && row <= LAST_ROW ? 1 : 0;
            }
        }
        return all == 0 ? 1 : (double) daily / all;
    }

    private static Optional<byte[]> encoded(String text, Charset charset) {
        try {
            ByteBuffer bytes = charset.newEncoder().onUnmappableCharacter(CodingErrorAction.REPORT)
                    .onMalformedInput(CodingErrorAction.REPORT).encode(CharBuffer.wrap(text));
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            // encoders take some characters to bytes that mean another one
            return decoded(all, charset).filter(text::equals).map(same -> all);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> decoded(byte[] bytes, Charset charset) {
        try {
            return Optional.of(charset.newDecoder().onUnmappableCharacter(CodingErrorAction.REPORT)
                    .onMalformedInput(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
