package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Python's json.dumps, as the {@code tojson} filter of chat templates calls it (without HTML escapes, unlike Jinja's
 * own).
 */
final class JsonText {
    private final Budget budget;
    private final TextBuilder made = new TextBuilder();
    private final boolean asciiOnly;
    private final TracedText indent;            // null: everything on one line
    private final TracedText between;
    private final TracedText afterKey;
    private final boolean sorted;

    private JsonText(Budget budget, boolean asciiOnly, TracedText indent, TracedText between, TracedText afterKey,
            boolean sorted) {
        this.budget = budget;
        this.asciiOnly = asciiOnly;
        this.indent = indent;
        this.between = between;
        this.afterKey = afterKey;
        this.sorted = sorted;
    }

    /** @param given ensure_ascii, indent, separators, sort_keys */
    static TracedText dumps(Budget budget, Object value, CallArguments given) {
        Object level = given.value(1, null);
        TracedText indent = level == null ? null : level instanceof TracedText text ? text
                : new TextBuilder().repeat(TracedText.of(" "), Numbers.toLong(level)).toText();
        TracedText between = TracedText.of(indent == null ? ", " : ","), afterKey = TracedText.of(": ");
        if (given.value(2, null) != null) {
            var separators = Values.iterate(budget, given.value(2));
            if (separators.size() != 2) {
                throw TemplateException.because("tojson needs two separators, found %d", separators.size());
            }
            between = Values.text(separators.get(0));
            afterKey = Values.text(separators.get(1));
        }
        var json = new JsonText(budget, given.truth(0), indent, between, afterKey, given.truth(3));
        json.append(value, 0);
        return json.made.toText();
    }

    private void append(Object value, int depth) {
        if (depth > Budget.NESTING) {
            throw Budget.tooDeep();
        }
        budget.charge(1);
        if (value == null) {
            made.append("null");
        } else if (value instanceof TracedText text) {
            appendQuoted(text);
        } else if (value instanceof Boolean || Numbers.isInteger(value)) {
            made.append(value.toString());
        } else if (value instanceof Double number) {
            made.append(number(number));
        } else if (value instanceof Map<?, ?> map) {
            appendMap(map, depth);
        } else if (value instanceof List<?> list && !(value instanceof Range)) {
            appendList(list, depth);
        } else {
            throw TemplateException.because("a value of type %s is not JSON serializable", Values.typeName(value));
        }
    }

    private static String number(double number) {
        return Double.isNaN(number) ? "NaN" : Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity"
                : PythonText.decimal(number);
    }

    private void appendList(List<?> list, int depth) {
        made.append("[");
        boolean first = true;
        for (Object element : list) {
            startElement(first, depth + 1);
            append(element, depth + 1);
            first = false;
        }
        end(first, depth, "]");
    }

    private void appendMap(Map<?, ?> map, int depth) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sorted) {
            entries.sort((a, b) -> Comparison.compare(budget, a.getKey(), b.getKey()));
        }
        made.append("{");
        boolean first = true;
        for (var entry : entries) {
            startElement(first, depth + 1);
            appendQuoted(key(entry.getKey()));
            made.append(afterKey);
            append(entry.getValue(), depth + 1);
            first = false;
        }
        end(first, depth, "}");
    }

    private static TracedText key(Object key) {
        if (key instanceof TracedText text) {
            return text;
        } else if (key == null || key instanceof Boolean || Numbers.isInteger(key)) {
            return TracedText.of(key == null ? "null" : key.toString());
        } else if (key instanceof Double number) {
            return TracedText.of(number(number));
        }
        throw TemplateException.because("a %s cannot be a JSON key", Values.typeName(key));
    }

    private void startElement(boolean first, int depth) {
        if (!first) {
            made.append(between);
        }
        newLine(depth);
    }

    private void end(boolean empty, int depth, String bracket) {
        if (!empty) {
            newLine(depth);
        }
        made.append(bracket);
    }

    private void newLine(int depth) {
        if (indent != null) {
            made.append("\n").repeat(indent, depth);
        }
    }

    private void appendQuoted(TracedText text) { made.append("\"").appendMapped(text, this::escaped).append("\""); }

    private String escaped(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> c >= 0x20 && (c <= 0x7e || !asciiOnly) ? Character.toString(c) : unicode(c);
        };
    }

    private static String unicode(int c) {
        var escapes = new StringBuilder();
        for (char unit : Character.toChars(c)) {
            escapes.append(String.format("\\u%04x", (int) unit));
        }
        return escapes.toString();
    }
}
