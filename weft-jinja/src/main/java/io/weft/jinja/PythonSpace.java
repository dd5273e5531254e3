package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * White space as Python's {@code str} sees it: templates, the tutorial's rows and the reference scores are all cut by
 * {@code str.strip()} and {@code str.split()}, whose characters are neither those of {@link String#strip} nor of
 * {@link String#trim}.
 */
public final class PythonSpace {
    private PythonSpace() {}

    /** CPython's _PyUnicode_IsWhitespace: all of them lie in the basic plane; not U+200B, U+FEFF, U+180E. */
    public static boolean isSpace(int c) {
        return c >= 0x09 && c <= 0x0d || c >= 0x1c && c <= 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680
                || c >= 0x2000 && c <= 0x200a || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f
                || c == 0x3000;
    }

    public static boolean isBlank(String text) { return text.chars().allMatch(PythonSpace::isSpace); }

    public static String strip(String text) {
        int from = 0;
        while (from < text.length() && isSpace(text.charAt(from))) {
            from++;
        }
        return stripEnd(text.substring(from));
    }

    public static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** The words between runs of white space; none for a blank text. */
    public static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            boolean space = isSpace(text.charAt(i));
            if (!space && start < 0) {
                start = i;
            } else if (space && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }
}
