package io.weft.app.terminal;

import org.jline.utils.WCWidth;

/**
 * How many columns a text takes on a terminal: two for a Chinese, Japanese or Korean character (Unicode's East Asian
 * Width W and F), none for a combining mark or a control character, one for the rest.
 */
public final class DisplayWidth {
    private DisplayWidth() {}

    public static int of(String text) { return text.codePoints().map(DisplayWidth::of).sum(); }

    /** As {@link #of(String)}, of one code point. */
    public static int of(int codePoint) { return Math.max(0, WCWidth.wcwidth(codePoint)); }
}
