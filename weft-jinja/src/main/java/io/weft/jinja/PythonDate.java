package io.weft.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Python's strftime, in English whatever the locale, as a date in a prompt must not depend on the machine. */
final class PythonDate {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
        Map.entry('Y', "yyyy"), Map.entry('y', "yy"), Map.entry('m', "MM"), Map.entry('d', "dd"), Map.entry('j', "DDD"),
        Map.entry('b', "MMM"), Map.entry('h', "MMM"), Map.entry('B', "MMMM"), Map.entry('a', "EEE"),
        Map.entry('A', "EEEE"),
        Map.entry('H', "HH"), Map.entry('I', "hh"), Map.entry('p', "a"), Map.entry('M', "mm"), Map.entry('S', "ss"),
        Map.entry('f', "SSSSSS"),
        Map.entry('F', "yyyy-MM-dd"), Map.entry('D', "MM/dd/yy"), Map.entry('T', "HH:mm:ss"), Map.entry('R', "HH:mm"));

    private PythonDate() {}

    static String format(String format, ZonedDateTime now) {
        var made = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                made.append(c);
                continue;
            }
            char directive = format.charAt(++i);
            boolean unpadded = directive == '-' && i + 1 < format.length();
            directive = unpadded ? format.charAt(++i) : directive;
            String text = directive(directive, now);
            made.append(unpadded ? text.replaceFirst("^0+(?=\\d)", "") : text);
        }
        return made.toString();
    }

    private static String directive(char directive, ZonedDateTime now) {
        if (directive == '%') {
            return "%";
        } else if (directive == 'z' || directive == 'Z') {
            return "";                     // Python's datetime.now() knows no zone
        } else if (!PATTERNS.containsKey(directive)) {
            throw TemplateException.because("strftime_now does not know %%%s", directive);
        }
        return DateTimeFormatter.ofPattern(PATTERNS.get(directive), Locale.ENGLISH).format(now);
    }
}
