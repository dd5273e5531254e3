package io.weft.data.check.rule;

import java.nio.charset.Charset;
import java.util.OptionalInt;

/**
 * UTF-8 that was read as Windows-1252 or Latin-1 ("don’t" as "donâ€™t", "é" as "Ã©", "中" as "ä¸­"), and what GBK
 * leaves of replacement characters. Certain only: what could be words of a language is left alone.
 */
final class WrongDecoding {
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    /** Three replacement characters of UTF-8, read as GBK. */
    private static final String REPLACEMENTS = "锟斤拷";
    private static final int NO_BYTE = -1;

    private WrongDecoding() {}

    /** Where the first stands. */
    static OptionalInt first(String text) {
        int at = text.indexOf(REPLACEMENTS), found = NO_BYTE, ideographs = 0;
        for (int i = 0; at < 0 && i + 1 < text.length(); i++) {
            int first = text.charAt(i);
            if (first < 0xc2 || first > 0xf4) {
                continue;
            }
            if (first <= 0xc3 && isTrail(text, i + 1)) {          // one of the 128 letters and signs of Latin-1
                return OptionalInt.of(i);
            }
            if (first >= 0xe2 && first <= 0xef && isTrail(text, i + 1) && isTrail(text, i + 2)) {
                if (first == 0xe2 || ++ideographs == 2) {         // a quotation mark or dash; two ideographs
                    return OptionalInt.of(found == NO_BYTE ? i : found);
                }
                found = i;
            }
        }
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(at);
    }

    /** Whether the character is what a byte from 0x80 to 0xbf became. */
    private static boolean isTrail(String text, int at) {
        if (at >= text.length()) {
            return false;
        }
        char c = text.charAt(at);
        if (c >= 0x80 && c <= 0xbf) {
            return true;
        }
        if (c < 0x100) {
            return false;
        }
        byte[] bytes = String.valueOf(c).getBytes(WINDOWS);
        return bytes.length == 1 && (bytes[0] & 0xff) >= 0x80 && (bytes[0] & 0xff) <= 0x9f;
    }
}
