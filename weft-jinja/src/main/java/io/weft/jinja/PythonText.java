package io.weft.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Python's str() and repr(): how a value looks when a template prints it. */
final class PythonText {
    private PythonText() {}

    /** str(value): a text as it is, nothing for an undefined value, else the repr. */
    static TracedText str(Object value) {
        if (value instanceof TracedText text) {
            return text;
        } else if (value instanceof Undefined) {
            return TracedText.EMPTY;
        }
        return repr(value);
    }

    static TracedText repr(Object value) {
        var made = new TextBuilder();
        append(made, value, 0);
        return made.toText();
    }

    private static void append(TextBuilder made, Object value, int depth) {
        if (depth > Budget.NESTING) {
            throw Budget.tooDeep();
        }
        if (value == null) {
            made.append("None");
        } else if (value instanceof Boolean b) {
            made.append(b ? "True" : "False");
        } else if (value instanceof Double number) {
            made.append(decimal(number));
        } else if (value instanceof Undefined) {
            made.append("Undefined");
        } else if (value instanceof TracedText text) {
            appendQuoted(made, text);
        } else if (value instanceof Map<?, ?> map) {
            appendMap(made, map, depth);
        } else if (value instanceof Tuple tuple) {
            appendElements(made, tuple, "(", tuple.size() == 1 ? ",)" : ")", depth);
        } else if (value instanceof DictView view) {
            appendElements(made, view, "dict_" + view.kind() + "([", "])", depth);
        } else if (value instanceof Collection<?> list && !(value instanceof Range)) {
            appendElements(made, list, "[", "]", depth);
        } else if (value instanceof Namespace namespace) {
            made.append("<Namespace ");
            appendMap(made, namespace.attributes(), depth);
            made.append(">");
        } else {
            made.append(value instanceof Number || value instanceof Range ? value.toString()
                    : "<" + Values.typeName(value) + ">");
        }
    }

    private static void appendElements(TextBuilder made, Collection<?> elements, String open, String close, int depth) {
        made.append(open);
        String separator = "";
        for (Object element : elements) {
            made.append(separator);
            append(made, element, depth + 1);
            separator = ", ";
        }
        made.append(close);
    }

    private static void appendMap(TextBuilder made, Map<?, ?> map, int depth) {
        made.append("{");
        String separator = "";
        for (var entry : map.entrySet()) {
            made.append(separator);
            append(made, entry.getKey() instanceof String name ? TracedText.of(name) : entry.getKey(), depth + 1);
            made.append(": ");
            append(made, entry.getValue(), depth + 1);
            separator = ", ";
        }
        made.append("}");
    }

    private static void appendQuoted(TextBuilder made, TracedText text) {
        String chars = text.toString();
        String quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? "\"" : "'";
        made.append(text.safe() ? "Markup(" : "").append(quote);
        made.appendMapped(text, c -> escaped(c, quote.charAt(0)));
        made.append(quote).append(text.safe() ? ")" : "");
    }

    private static String escaped(int c, char quote) {
        if (c == quote || c == '\\') {
            return "\\" + (char) c;
        }
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> printable(c) ? Character.toString(c)
                    : String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
        };
    }

    private static boolean printable(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** repr(float): the fewest digits that read back as the same number, with an exponent below 1e-4 and from 1e16. */
    static String decimal(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        } else if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        var shortest = shortest(Math.abs(number));
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
        }
        return sign + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+") + String.format("%02d", Math.abs(exponent));
    }

    // Double.toString is not always the shortest before JDK 19; below a power of two the shortest may be the farther
    // neighbour
    private static BigDecimal shortest(double number) {
        var exact = new BigDecimal(number);
        for (int precision = 1; precision < 17; precision++) {
            for (var mode : List.of(RoundingMode.HALF_EVEN, RoundingMode.UP, RoundingMode.DOWN)) {
                var rounded = exact.round(new MathContext(precision, mode));
                if (rounded.doubleValue() == number) {
                    return rounded.stripTrailingZeros();
                }
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }
}
