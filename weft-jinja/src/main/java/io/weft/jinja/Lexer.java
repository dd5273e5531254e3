package io.weft.jinja;

import io.weft.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Source to tokens, with the white space rules under which {@code transformers} reads chat templates: trim_blocks (the
 * line break behind a block or comment goes), lstrip_blocks (blanks before a block or comment that begins its line go),
 * a minus sign takes all white space on its side, a plus sign none, and one line break at the very end is dropped.
 */
final class Lexer {
    private static final int LONGEST_SOURCE = 1 << 20;
    private static final Pattern RAW = Pattern.compile("\\s*raw\\s*(?:-%\\}\\s*|\\+?%\\}\\n?)");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:-%\\}\\s*|\\+%\\}|%\\}\\n?)");

    private static final Pattern BASED =
            Pattern.compile("0(?:[xX]_?([0-9a-fA-F_]{1,2000})|[oO]_?([0-7_]{1,2000})|[bB]_?([01_]{1,2000}))");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineStart = true;      // whether the character before is a line break, or none

    private Lexer(String source) { this.source = source; }

    /** @throws TemplateException where the source is no template */
    static List<Token> tokens(String source) {
        if (source.length() > LONGEST_SOURCE) {
            throw TemplateException.because("the template has %d characters; the limit is %d", source.length(),
                    LONGEST_SOURCE);
        }
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        while (lexer.at < lexer.source.length()) {
            lexer.next();
        }
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    private void next() {
        int tag = nextTag();
        String data = source.substring(at, tag);
        if (tag == source.length()) {
            addData(data);
            at = tag;
            return;
        }
        char kind = source.charAt(tag + 1), sign = peek(tag + 2);
        addData(sign == '-' ? stripRight(data) : sign != '+' && kind != '{' ? withoutIndent(data) : data);
        countLines(data);
        at = tag + (sign == '-' || sign == '+' ? 3 : 2);
        if (kind == '#') {
            comment();
        } else if (kind == '{' || !raw()) {
            tag(kind == '{');
        }
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (peek(i + 1) == '{' || peek(i + 1) == '%' || peek(i + 1) == '#') {
                return i;
            }
        }
        return source.length();
    }

    private char peek(int index) { return index < source.length() ? source.charAt(index) : 0; }

    private void addData(String data) {
        if (!data.isEmpty()) {
            add(Kind.DATA, data);
        }
    }

    private void add(Kind kind, String text) { tokens.add(new Token(kind, text, line)); }

    private static String stripRight(String data) {
        int end = data.length();
        while (end > 0 && PythonSpace.isSpace(data.charAt(end - 1))) {
            end--;
        }
        return data.substring(0, end);
    }

    private String withoutIndent(String data) {
        int begin = data.lastIndexOf('\n') + 1;
        boolean blank = data.substring(begin).chars().allMatch(PythonSpace::isSpace);
        return blank && (begin > 0 || lineStart) ? data.substring(0, begin) : data;
    }

    private void countLines(String passed) { line += (int) passed.chars().filter(c -> c == '\n').count(); }

    private void skipTo(int end) {
        countLines(source.substring(at, end));
        lineStart = source.charAt(end - 1) == '\n';
        at = end;
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw error("a comment is not closed: #} is missing");
        }
        char sign = end > at ? source.charAt(end - 1) : 0;
        skipTo(end + 2);
        skipBehindTag(sign, true);
    }

    /** Behind the end of a tag: all white space after a minus, one line break after a block or comment. */
    private void skipBehindTag(char sign, boolean trimsBreak) {
        int end = at;
        if (sign == '-') {
            while (end < source.length() && PythonSpace.isSpace(source.charAt(end))) {
                end++;
            }
        } else if (trimsBreak && sign != '+' && peek(end) == '\n') {
            end++;
        }
        if (end > at) {
            skipTo(end);
        }
    }

    private boolean raw() {
        Matcher begin = RAW.matcher(source).region(at, source.length());
        if (!begin.lookingAt()) {
            return false;
        }
        Matcher end = END_RAW.matcher(source);
        if (!end.find(begin.end())) {
            throw error("a raw block is not closed: {% endraw %} is missing");
        }
        String data = source.substring(begin.end(), end.start());
        addData(end.group(1).equals("-") ? stripRight(data) : data);
        skipTo(end.end());
        return true;
    }

    /** The tokens inside a tag up to its end. Inside brackets a closing brace is a bracket. */
    private void tag(boolean print) {
        add(print ? Kind.PRINT_BEGIN : Kind.BLOCK_BEGIN, "");
        String close = print ? "}}" : "%}";
        int depth = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            boolean signed = (c == '-' || c == '+' && !print) && source.startsWith(close, at + 1);
            if (depth == 0 && (signed || source.startsWith(close, at))) {
                add(print ? Kind.PRINT_END : Kind.BLOCK_END, "");
                skipTo(at + (signed ? 3 : 2));
                skipBehindTag(signed ? c : 0, !print);
                return;
            }
            depth += piece(c);
        }
        throw error("a tag is not closed: %s is missing", close);
    }

    /** Reads one piece and says how the bracket depth changes. */
    private int piece(char c) {
        if (PythonSpace.isSpace(c)) {
            skipTo(at + 1);
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            int end = at;
            while (Character.isUnicodeIdentifierPart(peek(end)) && peek(end) != 0) {
                end++;
            }
            add(Kind.NAME, source.substring(at, end));
            at = end;
        } else {
            return operator(c);
        }
        return 0;
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw error("a string is not closed: %s is missing", quote);
        }
        add(Kind.STRING, StringLiteral.unescape(source.substring(at + 1, end), line));
        skipTo(end + 1);
    }

    private void number() {
        if (based()) {
            return;
        }
        int end = digits(at);
        boolean afterDot = tokens.get(tokens.size() - 1).isOperator("."), fraction = false;
        if (peek(end) == '.' && isDigit(peek(end + 1)) && !afterDot) {
            fraction = true;
            end = digits(end + 1);
        }
        int exponent = end + (peek(end + 1) == '+' || peek(end + 1) == '-' ? 2 : 1);
        if ((peek(end) == 'e' || peek(end) == 'E') && isDigit(peek(exponent))) {
            fraction = true;
            end = digits(exponent);
        }
        add(fraction ? Kind.FRACTION : Kind.INTEGER, source.substring(at, end).replace("_", ""));
        at = end;
    }

    /** 0x1F, 0o17 and 0b11 become their decimal digits. */
    private boolean based() {
        var literal = BASED.matcher(source).region(at, source.length());
        if (!literal.lookingAt()) {
            return false;
        }
        char base = Character.toLowerCase(source.charAt(at + 1));
        int group = "xob".indexOf(base) + 1;
        var value = new BigInteger("0" + literal.group(group).replace("_", ""), List.of(16, 8, 2).get(group - 1));
        add(Kind.INTEGER, value.toString());
        at = literal.end();
        return true;
    }

    private int digits(int from) {
        int end = from;
        while (isDigit(peek(end)) || peek(end) == '_' && isDigit(peek(end + 1))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) { return c >= '0' && c <= '9'; }

    private int operator(char c) {
        String two = source.substring(at, Math.min(at + 2, source.length()));
        boolean pair = List.of("//", "**", "==", "!=", ">=", "<=").contains(two);
        if (!pair && "+-/*%~[](){}><=.:|,;".indexOf(c) < 0) {
            throw error("unexpected character '%s'", c);
        }
        add(Kind.OPERATOR, pair ? two : String.valueOf(c));
        at += pair ? 2 : 1;
        return "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
    }

    private TemplateException error(String format, Object... arguments) {
        return TemplateException.because(format, arguments).atLine(line);
    }
}
