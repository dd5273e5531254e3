package io.weft.jinja;

/** The escapes of string literals, as Python reads them. */
final class StringLiteral {
    private StringLiteral() {}

    static String unescape(String written, int line) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        var made = new StringBuilder();
        int i = 0;
        while (i < written.length()) {
            char c = written.charAt(i);
            i += c == '\\' && i + 1 < written.length() ? escape(written, i + 1, made, line) : plain(c, made);
        }
        return made.toString();
    }

    private static int plain(char c, StringBuilder made) {
        made.append(c);
        return 1;
    }

    /**
     * Appends what the escape after the backslash stands for; the number of characters it takes, backslash included.
     */
    private static int escape(String written, int at, StringBuilder made, int line) {
        char c = written.charAt(at);
        int simple = "ntrabfv\\'\"".indexOf(c);
        if (simple >= 0) {
            made.append("\n\t\r\u0007\b\f\u000b\\'\"".charAt(simple));
            return 2;
        } else if (c == '\n') {
            return 2;
        } else if (c == 'x' || c == 'u' || c == 'U') {
            int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            made.appendCodePoint(codePoint(written, at + 1, digits, 16, line));
            return 2 + digits;
        } else if (c >= '0' && c <= '7') {
            int end = at;
            while (end < written.length() && end < at + 3 && written.charAt(end) >= '0' && written.charAt(end) <= '7') {
                end++;
            }
            made.append((char) codePoint(written, at, end - at, 8, line));
            return 1 + end - at;
        }
        made.append('\\').append(c);
        return 2;
    }

    private static int codePoint(String written, int from, int digits, int radix, int line) {
        String text = written.substring(from, Math.min(from + digits, written.length()));
        boolean whole = text.length() == digits && text.chars().allMatch(c -> Character.digit(c, radix) >= 0);
        long point = whole ? Long.parseLong(text, radix) : -1;
        if (point >= 0 && point <= Character.MAX_CODE_POINT) {
            return (int) point;
        }
        throw TemplateException.because("a \\ escape in a string needs %d digits of a character", digits).atLine(line);
    }
}
