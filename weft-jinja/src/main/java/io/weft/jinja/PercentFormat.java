package io.weft.jinja;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code '%s is %d' % (a, b)}, which is also the format filter. */
final class PercentFormat {
    private static final Pattern CONVERSION =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)(\\d*)(?:\\.(\\d*))?([a-zA-Z%])");

    private PercentFormat() {}

    /** @param values a tuple, a map for %(name)s, or the only value */
    static TracedText format(Budget budget, TracedText pattern, Object values) {
        List<Object> list = values instanceof Tuple tuple ? tuple : java.util.Collections.singletonList(values);
        var made = new TextBuilder();
        var matcher = CONVERSION.matcher(pattern.toString());
        int done = 0, used = 0;
        while (matcher.find()) {
            made.append(plain(pattern.slice(done, matcher.start())));
            done = matcher.end();
            char type = matcher.group(5).charAt(0);
            if (type == '%') {
                made.append("%");
            } else if (matcher.group(1) != null) {
                Object value = values instanceof Map<?, ?>
                        ? Access.item(budget, values, TracedText.of(matcher.group(1)))
                        : new Undefined("format requires a mapping");
                made.append(converted(matcher, pattern.safe(), Undefined.refuse(value)));
            } else if (used < list.size()) {
                made.append(converted(matcher, pattern.safe(), list.get(used++)));
            } else {
                throw TemplateException.because("not enough arguments for the format string");
            }
        }
        // Python checks only what has no elements by key
        boolean keyed = values instanceof Map || values instanceof Undefined || values instanceof List
                && !(values instanceof Tuple);
        if (used < list.size() && !keyed) {
            throw TemplateException.because("not all arguments were converted by the format string");
        }
        return made.append(plain(pattern.slice(done, pattern.length()))).toText().asSafe(pattern.safe());
    }

    private static TracedText plain(TracedText between) {
        if (between.toString().indexOf('%') >= 0) {
            throw TemplateException.because("unfinished format after %");
        }
        return between;
    }

    private static TracedText converted(Matcher found, boolean safe, Object value) {
        String flags = found.group(2), precision = found.group(4);
        char type = found.group(5).charAt(0);
        boolean left = flags.indexOf('-') >= 0, text = "sra".indexOf(type) >= 0;
        char align = left ? '<' : flags.indexOf('0') >= 0 && !text ? '=' : '>';
        int digits = precision == null ? -1 : FormatSpec.number(precision);
        char sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-';
        var spec = new FormatSpec(TracedText.of(align == '=' ? "0" : " "), align, sign, flags.indexOf('#') >= 0,
                FormatSpec.number(found.group(3)), "", digits, kind(type));
        if (text) {
            TracedText shown = type == 's' ? PythonText.str(value) : PythonText.repr(value);
            return spec.format(safe ? Markup.escape(shown) : shown);
        } else if (kind(type) == 'd' && value instanceof Double number) {
            return spec.format(Numbers.shrink(new java.math.BigDecimal(number).toBigInteger()));
        }
        return spec.format(value instanceof Boolean ? (Object) Numbers.toLong(value) : value);
    }

    private static char kind(char type) {
        if ("dioxXeEfFgGcsrau".indexOf(type) < 0) {
            throw TemplateException.because("unsupported format character '%s'", type);
        }
        return "iu".indexOf(type) >= 0 ? 'd' : "ra".indexOf(type) >= 0 ? 's' : type;
    }
}
