package io.weft.data;

/**
 * Python's {@code str.strip()}: takes off the characters that Python's {@code str.isspace} names, which are neither
 * those of {@link String#strip} nor of {@link String#trim}.
 */
public final class PythonStrip {
    private PythonStrip() {}

    public static String strip(String text) {
        int from = 0, to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    public static boolean isBlank(String text) { return text.chars().allMatch(c -> isSpace((char) c)); }

    /** CPython's _PyUnicode_IsWhitespace: all of them lie in the basic plane. */
    static boolean isSpace(char c) {
        return c >= 0x09 && c <= 0x0d || c >= 0x1c && c <= 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || c >= 0x2000
                && c <= 0x200a
                || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
    }
}
