package io.weft.jinja;

/**
 * Python's {@code '{} of {name:>8}'.format(...)}: replacement fields with paths, conversions and format specifications.
 */
final class BraceFormat {
    private final Budget budget;
    private final Arguments arguments;
    private int next;

    BraceFormat(Budget budget, Arguments arguments) {
        this.budget = budget;
        this.arguments = arguments;
    }

    TracedText format(TracedText pattern) {
        String all = pattern.toString();
        var made = new TextBuilder();
        for (int i = 0; i < all.length();) {
            char c = all.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < all.length() && all.charAt(i + 1) == c) {
                made.append(pattern.slice(i, i + 1));
                i += 2;
            } else if (c == '{') {
                int end = all.indexOf('}', i);
                if (end < 0) {
                    throw TemplateException.because("expected '}' in the format string");
                }
                TracedText field = field(all.substring(i + 1, end));
                made.append(pattern.safe() ? Markup.escape(field) : field);
                i = end + 1;
            } else if (c == '}') {
                throw TemplateException.because("single '}' in the format string");
            } else {
                int end = i;
                while (end < all.length() && all.charAt(end) != '{' && all.charAt(end) != '}') {
                    end++;
                }
                made.append(pattern.slice(i, end));
                i = end;
            }
        }
        return made.toText().asSafe(pattern.safe());
    }

    private TracedText field(String field) {
        int colon = field.indexOf(':');
        String name = colon < 0 ? field : field.substring(0, colon), spec = colon < 0 ? "" : field.substring(colon + 1);
        int bang = name.indexOf('!');
        Object value = value(bang < 0 ? name : name.substring(0, bang));
        if (bang >= 0) {
            value = name.substring(bang).equals("!s") ? PythonText.str(value) : PythonText.repr(value);
        }
        return FormatSpec.parse(spec).format(value);
    }

    private Object value(String path) {
        String[] parts = path.split("[.\\[]");
        String head = parts.length == 0 ? "" : parts[0];
        Object value = head.isEmpty() || head.chars().allMatch(c -> c >= '0' && c <= '9') ? positional(head)
                : named(head);
        for (int i = 1; i < parts.length; i++) {
            boolean key = parts[i].endsWith("]");
            value = key ? Access.item(budget, value, index(parts[i].substring(0, parts[i].length() - 1)))
                    : Access.attribute(budget, value, parts[i]);
        }
        return value;
    }

    private static Object index(String key) {
        return key.matches("\\d{1,9}") ? (Object) Long.valueOf(key) : TracedText.of(key);
    }

    private Object positional(String number) {
        int i = number.isEmpty() ? next++ : FormatSpec.number(number);
        if (i >= arguments.positional().size()) {
            throw TemplateException.because("the format string needs argument %d", i);
        }
        return arguments.positional().get(i);
    }

    private Object named(String name) {
        if (!arguments.named().containsKey(name)) {
            throw TemplateException.because("the format string needs argument '%s'", name);
        }
        return arguments.named().get(name);
    }
}
