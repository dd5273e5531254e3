package io.weft.jinja;

import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's classes of characters, and its changes of case, where Java's differ. */
final class Characters {
    private Characters() {}

    static boolean isLineBreak(int c) {
        return c >= 0x0a && c <= 0x0d || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static boolean isDecimal(int c) { return Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER; }

    /** Decimals and the digits in other dress: superscripts, subscripts, circled. */
    static boolean isDigit(int c) {
        return isDecimal(c) || c == 0xb2 || c == 0xb3 || c == 0xb9 || c == 0x2070 || c >= 0x2074 && c <= 0x2079
                || c >= 0x2080 && c <= 0x2089 || c >= 0x2460 && c <= 0x2468;
    }

    static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return isDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER
                || "〇一二三四五六七八九十百千万亿".indexOf(c) >= 0;
    }

    static boolean isAlphanumeric(int c) { return Character.isLetter(c) || isNumeric(c); }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** Not empty, and every character of the class. */
    static boolean all(TracedText text, IntPredicate kind) {
        return !text.isEmpty() && text.toString().codePoints().allMatch(kind);
    }

    /** At least one cased character and no cased one of another case. */
    static boolean allCased(TracedText text, IntPredicate kind) {
        return text.toString().codePoints().anyMatch(kind) && text.toString().codePoints().filter(Characters::isCased)
                .allMatch(kind);
    }

    static TracedText upper(TracedText text) { return text.recased(s -> s.toUpperCase(Locale.ROOT)); }

    static TracedText lower(TracedText text) { return text.recased(s -> s.toLowerCase(Locale.ROOT)); }

    static TracedText capitalize(TracedText text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offset(1);
        return new TextBuilder().append(text.slice(0, first).map(Characters::titled))
                .append(lower(text.slice(first, text.length()))).toText().asSafe(text.safe());
    }

    /** Each run of cased characters capitalized, as str.title() has it. */
    static TracedText title(TracedText text) {
        boolean[] inWord = {false};
        return text.map(c -> {
            String changed = inWord[0] ? Character.toString(c).toLowerCase(Locale.ROOT) : titled(c);
            inWord[0] = isCased(c);
            return changed;
        });
    }

    static TracedText swapped(TracedText text) {
        return text.map(c -> Character.isUpperCase(c) ? Character.toString(c).toLowerCase(Locale.ROOT)
                : Character.toString(c).toUpperCase(Locale.ROOT));
    }

    private static String titled(int c) {
        int title = Character.toTitleCase(c);
        return title != c ? Character.toString(title) : Character.isLowerCase(c) ? capitalizedTail(c)
                : Character.toString(c);
    }

    /** A letter whose title form is several letters, such as sharp s: its upper case with all but the first lowered. */
    private static String capitalizedTail(int c) {
        String upper = Character.toString(c).toUpperCase(Locale.ROOT);
        int first = Character.charCount(upper.codePointAt(0));
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }
}
