package io.weft.token.form;

import io.weft.problem.UserError;
import io.weft.token.form.Grammar.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * Reads a regular expression: what JavaScript, Python and Java agree on, without what looks around or back. What it
 * cannot say is refused by name.
 */
final class ExpressionReader {
    static final int MOST_REPEATS = 1000;
    private static final int LAST = 0x10FFFF;
    private static final int[] DIGITS = {'0', '9'}, WORDS = {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'},
            SPACES = {'\t', '\r', ' ', ' '};
    private final String text;
    private final Function<int[], Part> character;
    private int at;

    private ExpressionReader(String text, Function<int[], Part> character) {
        this.text = text;
        this.character = character;
    }

    /**
     * The texts that an expression matches whole.
     *
     * @param character what a character of some ranges is written as
     * @throws UserError when it is none, or says what cannot be decided token by token
     */
    static Part whole(String expression, Function<int[], Part> character) {
        ExpressionReader reader = new ExpressionReader(expression, character);
        if (reader.isAt('^')) {
            reader.at++;
        }
        Part part = reader.either(true);
        if (reader.at < expression.length()) {
            throw reader.refused(say("a ) without its ("));
        }
        return part;
    }

    /** The texts in which an expression is found, as JSON Schema means its patterns. */
    static Part found(String expression, Function<int[], Part> character) {
        Part any = Grammar.repeated(character.apply(new int[] {0, LAST}), 0, -1), whole = whole(expression, character);
        boolean begins = expression.startsWith("^"), ends = endsAtTheEnd(expression);
        return Grammar.sequence(begins ? Grammar.literal("") : any, whole, ends ? Grammar.literal("") : any);
    }

    private static boolean endsAtTheEnd(String expression) {
        int escapes = 0;
        for (int i = expression.length() - 2; i >= 0 && expression.charAt(i) == '\\'; i--) {
            escapes++;
        }
        return expression.endsWith("$") && escapes % 2 == 0;
    }

    private UserError refused(String why) {
        return UserError.of(say("the expression %s cannot be held to: %s, at character %d", text, why, at + 1));
    }

    private boolean isAt(char c) { return at < text.length() && text.charAt(at) == c; }

    private Part either(boolean outermost) {
        List<Part> parts = new ArrayList<>();
        do {
            parts.add(sequence(outermost));
        } while (isAt('|') && at++ >= 0);
        return parts.size() == 1 ? parts.get(0) : Grammar.either(parts);
    }

    private Part sequence(boolean outermost) {
        List<Part> parts = new ArrayList<>();
        while (at < text.length() && !isAt('|') && !isAt(')')) {
            if (isAt('$') && outermost && at + 1 == text.length()) {
                at++;
                break;
            }
            parts.add(repeated(one()));
        }
        return Grammar.sequence(parts);
    }

    private Part repeated(Part part) {
        Part all = part;
        while (at < text.length()) {
            int least, most;
            switch (text.charAt(at)) {
                case '*' -> { least = 0; most = -1; at++; }
                case '+' -> { least = 1; most = -1; at++; }
                case '?' -> { least = 0; most = 1; at++; }
                case '{' -> {
                    int end = text.indexOf('}', at);
                    String[] bounds = end < 0 ? new String[0] : text.substring(at + 1, end).split(",", -1);
                    if (bounds.length < 1 || bounds.length > 2 || !bounds[0].matches("\\d{1,6}")
                            || bounds.length == 2 && !bounds[1].matches("\\d{0,6}")) {
                        throw refused(say("a { that is no number of repeats; write \\{ for the character"));
                    }
                    least = Integer.parseInt(bounds[0]);
                    most = bounds.length == 1 ? least : bounds[1].isEmpty() ? -1 : Integer.parseInt(bounds[1]);
                    if (least > MOST_REPEATS || most > MOST_REPEATS || most >= 0 && most < least) {
                        throw refused(say("repeats up to %d are", MOST_REPEATS));
                    }
                    at = end + 1;
                }
                default -> { return all; }
            }
            if (isAt('?')) {
                at++; // how eagerly it matches changes nothing of which texts match
            } else if (isAt('+')) {
                throw refused(say("possessive repeats are not supported"));
            }
            all = Grammar.repeated(all, least, most);
        }
        return all;
    }

    private Part one() {
        char c = text.charAt(at);
        switch (c) {
            case '(' -> {
                at++;
                if (isAt('?')) {
                    if (text.startsWith("?:", at)) {
                        at += 2;
                    } else {
                        throw refused(say("groups that begin with (? other than (?: are not supported"));
                    }
                }
                Part inside = either(false);
                if (!isAt(')')) {
                    throw refused(say("a ( without its )"));
                }
                at++;
                return inside;
            }
            case '[' -> {
                at++;
                return character.apply(choice());
            }
            case '.' -> {
                at++;
                return character.apply(others(new int[] {'\n', '\n', '\r', '\r'}));
            }
            case '\\' -> {
                at++;
                return character.apply(escaped(false));
            }
            case '^', '$' -> throw refused(say("%s elsewhere than at the border", c));
            case '*', '+', '?', '{' -> throw refused(say("%s without anything to repeat", c));
            default -> {
                int point = text.codePointAt(at);
                at += Character.charCount(point);
                return character.apply(new int[] {point, point});
            }
        }
    }

    private int[] choice() {
        boolean not = isAt('^');
        at += not ? 1 : 0;
        int[] all = new int[0];
        boolean first = true;
        while (at < text.length() && (first || !isAt(']'))) {
            first = false;
            int[] low = member();
            if (isAt('-') && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                at++;
                int[] high = member();
                if (low.length != 2 || low[0] != low[1] || high.length != 2 || high[0] != high[1] || high[0] < low[0]) {
                    throw refused(say("a range that does not go up from one character to another"));
                }
                low = new int[] {low[0], high[0]};
            }
            all = joined(all, low);
        }
        if (!isAt(']')) {
            throw refused(say("a [ without its ]"));
        }
        at++;
        return not ? others(all) : all;
    }

    private int[] member() {
        if (isAt('\\')) {
            at++;
            return escaped(true);
        }
        if (text.startsWith("[:", at) || text.startsWith("&&", at)) {
            throw refused(say("named classes and intersections are not supported"));
        }
        int point = text.codePointAt(at);
        at += Character.charCount(point);
        return new int[] {point, point};
    }

    private int[] escaped(boolean inClass) {
        if (at >= text.length()) {
            throw refused(say("a \\ at the end"));
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> others(DIGITS);
            case 'w' -> WORDS;
            case 'W' -> others(WORDS);
            case 's' -> SPACES;
            case 'S' -> others(SPACES);
            case 'n' -> new int[] {'\n', '\n'};
            case 'r' -> new int[] {'\r', '\r'};
            case 't' -> new int[] {'\t', '\t'};
            case 'f' -> new int[] {'\f', '\f'};
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            default -> {
                if (Character.isLetterOrDigit(c) && !(inClass && c == 'b')) {
                    at -= 2;
                    throw refused(say("\\%s is not supported", c));
                }
                yield inClass && c == 'b' ? new int[] {'\b', '\b'} : new int[] {c, c};
            }
        };
    }

    private int[] hexadecimal(int digits) {
        if (at + digits > text.length() || !text.substring(at, at + digits).matches("[0-9a-fA-F]+")) {
            throw refused(say("%d hexadecimal digits are expected", digits));
        }
        int point = Integer.parseInt(text.substring(at, at + digits), 16);
        at += digits;
        return new int[] {point, point};
    }

    private static int[] joined(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** The characters of no range. */
    static int[] others(int[] ranges) {
        List<int[]> sorted = new ArrayList<>();
        for (int i = 0; i < ranges.length; i += 2) {
            sorted.add(new int[] {ranges[i], ranges[i + 1]});
        }
        sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
        int[] all = new int[0];
        int next = 0;
        for (int[] range : sorted) {
            if (range[0] > next) {
                all = joined(all, new int[] {next, range[0] - 1});
            }
            next = Math.max(next, range[1] + 1);
        }
        return next > LAST ? all : joined(all, new int[] {next, LAST});
    }
}
