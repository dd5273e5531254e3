package io.weft.data.mend;

import io.weft.settings.Word;
import java.text.Normalizer;

/**
 * Which characters of full and half width become the other; {@code data.mend.clean.width} in a recipe. Full width are
 * U+FF01 to U+FF5E, the ASCII characters as wide as a Chinese one, and U+3000, the wide space.
 */
public enum Width implements Word {
    KEEP,
    /**
     * Wide letters and digits become ASCII, and narrow katakana wide; punctuation stays, which Chinese text wants wide.
     */
    LETTERS,
    /** As those, with wide punctuation and the wide space to ASCII. */
    HALF,
    /** As LETTERS; and , ; : ? ! between Chinese characters, or behind one at the end, become wide. */
    CHINESE;

    private static final String NARROW = ",;:?!", WIDE = "，；：？！";

    String of(String text) {
        if (this == KEEP || isAscii(text)) {
            return text;
        }
        var changed = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (isNarrowKatakana(c)) {
                int end = at + 1;
                while (end < text.length() && isNarrowKatakana(text.charAt(end))) {
                    end++;
                }
                changed.append(Normalizer.normalize(text.substring(at, end), Normalizer.Form.NFKC));
                at = end - 1;
            } else {
                changed.append(of(text, at, c));
            }
        }
        return changed.toString();
    }

    private char of(String text, int at, char c) {
        char half = c >= 0xFF01 && c <= 0xFF5E ? (char) (c - 0xFEE0) : c == 0x3000 ? ' ' : c;
        if (half != c && (this == HALF || Character.isLetterOrDigit(half))) {
            return half;
        }
        int place = NARROW.indexOf(c);
        boolean chinese = this == CHINESE && place >= 0 && at > 0 && isChinese(text.charAt(at - 1))
                && (at + 1 == text.length() || isChinese(text.charAt(at + 1)) || text.charAt(at + 1) == '\n');
        return chinese ? WIDE.charAt(place) : c;
    }

    private static boolean isAscii(String text) { return text.chars().allMatch(c -> c < 128); }

    private static boolean isNarrowKatakana(char c) { return c >= 0xFF65 && c <= 0xFF9F; }

    private static boolean isChinese(char c) {
        return Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN || c >= 0x3001 && c <= 0x3011;
    }
}
