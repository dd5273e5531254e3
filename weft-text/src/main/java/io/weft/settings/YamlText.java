package io.weft.settings;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes values as YAML that a person would write, that every YAML reader takes for the same value and that {@link
 * Values} read back exactly.
 */
public final class YamlText {
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[\\p{L}\\p{N}_./][\\p{L}\\p{N}_./+@-]*");
    private static final Pattern MEANS_SOMETHING_ELSE = Pattern.compile("(?i)null|~|true|false|yes|no|on|off|y|n");

    private YamlText() {}

    /** @param value a number, a truth, a text, a list or a map of these, or null */
    public static String of(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(YamlText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream().map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof String text ? text(text) : value instanceof Double number ? number(number)
                : value.toString();
    }

    /**
     * Without ".0" behind whole numbers; with a dot and a sign in the exponent, without which YAML 1.1 takes 2e-4 for a
     * text.
     */
    private static String number(double value) {
        String text = Double.toString(value);
        return text.contains("E") ? text.replace("E-", "e-").replaceFirst("E(\\d)", "e+$1")
                : text.replaceFirst("\\.0$", "");
    }

    private static String text(String text) {
        if (NEEDS_NO_QUOTES.matcher(text).matches() && !MEANS_SOMETHING_ELSE.matcher(text).matches()) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7F && c < 0xA0 || c == '\u2028' || c == '\u2029' || c == '\uFEFF'
                    || c > '\uFFFD') {
                quoted.append(String.format("\\u%04x", (int) c)); // what YAML does not allow as it is
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
