package io.weft.app.terminal;

import java.util.stream.IntStream;

/**
 * How many columns a text takes on a terminal: two for a Chinese, Japanese or Korean character (Unicode's East Asian
 * Width W and F), none for a combining mark, one for the rest.
 */
public final class DisplayWidth {
    private static final int[][] WIDE = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3},
            {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6},
            {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

    private DisplayWidth() {}

    public static int of(String text) { return text.codePoints().map(DisplayWidth::of).sum(); }

    /** As {@link #of(String)}, of one code point. */
    public static int of(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return IntStream.range(0, WIDE.length).anyMatch(i -> codePoint >= WIDE[i][0] && codePoint <= WIDE[i][1]) ? 2
                : 1;
    }
}
