package io.weft.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * White space as Python's {@code str} sees it, because the reference scores are counted on what {@code str.split()} and
 * {@code str.rstrip()} leave.
 */
final class PythonText {
    private PythonText() {}

    static boolean isSpace(int c) {
        return c >= 9 && c <= 13 || c >= 0x1C && c <= 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || c >= 0x2000
                && c <= 0x200A
                || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
    }

    /** The words between runs of white space; none for a blank text. */
    static List<String> split(String text) {
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

    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static String strip(String text) {
        String cut = stripEnd(text);
        int start = 0;
        while (start < cut.length() && isSpace(cut.charAt(start))) {
            start++;
        }
        return cut.substring(start);
    }

    /** One string a code point, white space among them. */
    static List<String> characters(String text) {
        List<String> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }
}
