package io.weft.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * How one value is written by {@code '{:>8.2f}'.format(x)} or {@code '%8.2f' % x}: Python's format specification.
 * @param align '<', '>', '^', '=' or 0 for the kind's own
 * @param sign '+', '-' or ' '
 * @param precision -1 when not given
 * @param type 0 when not given
 */
record FormatSpec(TracedText fill, char align, char sign, boolean alternate, int width, String grouping, int precision,
        char type) {
    private static final Pattern SYNTAX =
            Pattern.compile("(?s)(?:(.)?([<>=^]))?([-+ ]?)(#?)(0?)(\\d*)([,_]?)(?:\\.(\\d+))?([bcdeEfFgGnosxX%]?)");
    private static final int MOST_DIGITS = 1000;

    static FormatSpec parse(String spec) {
        var parts = SYNTAX.matcher(spec);
        if (!parts.matches()) {
            throw TemplateException.because("invalid format specifier '%s'", spec);
        }
        boolean zero = !parts.group(5).isEmpty();
        String fill = parts.group(1) != null ? parts.group(1) : zero ? "0" : " ";
        char align = parts.group(2) != null ? parts.group(2).charAt(0) : zero ? '=' : 0;
        int precision = parts.group(8) == null ? -1 : number(parts.group(8));
        char sign = first(parts.group(3), '-'), type = first(parts.group(9), (char) 0);
        return new FormatSpec(TracedText.of(fill), align, sign, !parts.group(4).isEmpty(), number(parts.group(6)),
                parts.group(7), precision, type);
    }

    private static char first(String text, char otherwise) { return text.isEmpty() ? otherwise : text.charAt(0); }

    static int number(String digits) {
        if (digits.length() > 7) {
            throw TemplateException.because("the width %s is too large", digits);
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    TracedText format(Object value) {
        if (type == 'c' && Numbers.isNumber(value)) {
            return aligned(TracedText.EMPTY, character(value), '<');
        }
        if (!Numbers.isNumber(value) || type == 's' || value instanceof Boolean && type == 0) {
            if (type != 0 && type != 's') {
                throw TemplateException.because("format '%s' needs a number, found %s", type, Values.typeName(value));
            }
            TracedText text = PythonText.str(value);
            return aligned(TracedText.EMPTY, precision >= 0 && precision < text.points()
                    ? text.slice(0, text.offset(precision)) : text, '<');
        }
        boolean integer = !(value instanceof Double) && "eEfFgG%".indexOf(type) < 0;
        boolean negative = integer ? Numbers.toBig(value).signum() < 0 : Numbers.toDouble(value) < 0
                || 1 / Numbers.toDouble(value) < 0;
        String digits = integer ? integer(Numbers.toBig(value).abs()) : fraction(Math.abs(Numbers.toDouble(value)));
        String prefix = (negative ? "-" : sign == '-' ? "" : String.valueOf(sign))
                + (integer && alternate ? basePrefix() : "");
        return aligned(TracedText.of(prefix), TracedText.of(grouped(digits)), '>');
    }

    private static TracedText character(Object value) {
        long point = Numbers.toLong(value);
        if (point < 0 || point > Character.MAX_CODE_POINT) {
            throw TemplateException.because("%d is no character", point);
        }
        return TracedText.of(Character.toString((int) point));
    }

    private String basePrefix() { return type == 'x' || type == 'X' || type == 'o' || type == 'b' ? "0" + type : ""; }

    private String integer(BigInteger value) {
        return switch (type) {
            case 'x' -> value.toString(16);
            case 'X' -> value.toString(16).toUpperCase(java.util.Locale.ROOT);
            case 'o' -> value.toString(8);
            case 'b' -> value.toString(2);
            default -> value.toString();
        };
    }

    private String fraction(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            String word = Double.isNaN(value) ? "nan" : "inf";
            return (Character.isUpperCase(type) ? word.toUpperCase(java.util.Locale.ROOT) : word)
                    + (type == '%' ? "%" : "");
        }
        if (precision > MOST_DIGITS) {
            throw TemplateException.because("a precision of %d is too large", precision);
        }
        int digits = precision < 0 ? 6 : precision;
        return switch (type) {
            case 'e', 'E' -> cased(scientific(value, digits));
            case 'f', 'F' -> fixed(new BigDecimal(value), digits);
            case '%' -> fixed(new BigDecimal(value).movePointRight(2), digits) + "%";
            case 'g', 'G', 'n' -> cased(general(value, Math.max(1, digits)));
            default -> precision < 0 ? PythonText.decimal(value) : withPoint(general(value, Math.max(1, digits)));
        };
    }

    private static String withPoint(String digits) {
        return digits.indexOf('.') < 0 && digits.indexOf('e') < 0 ? digits + ".0" : digits;
    }

    private String cased(String digits) { return type == 'E' || type == 'G' ? digits.replace('e', 'E') : digits; }

    private static String fixed(BigDecimal value, int digits) {
        return value.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(double value, int digits) {
        var rounded = new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        var all = new StringBuilder(rounded.unscaledValue().toString());
        int exponent = value == 0 ? 0 : all.length() - rounded.scale() - 1;
        while (all.length() < digits + 1) {
            all.append('0');
        }
        all.setLength(digits + 1);
        return all.charAt(0) + (digits > 0 ? "." + all.substring(1) : "") + (exponent < 0 ? "e-" : "e+")
                + String.format("%02d", Math.abs(exponent));
    }

    private String general(double value, int digits) {
        String scientific = scientific(value, digits - 1);
        int exponent = Integer.parseInt(scientific.substring(scientific.indexOf('e') + 1));
        if (exponent >= -4 && exponent < digits) {
            return withoutZeros(fixed(new BigDecimal(value), digits - 1 - exponent));
        }
        int e = scientific.indexOf('e');
        return withoutZeros(scientific.substring(0, e)) + scientific.substring(e);
    }

    private String withoutZeros(String digits) {
        return alternate || digits.indexOf('.') < 0 ? digits : digits.replaceAll("\\.?0+$", "");
    }

    private String grouped(String digits) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int end = 0;
        while (end < digits.length() && Character.isDigit(digits.charAt(end))) {
            end++;
        }
        var made = new StringBuilder(digits);
        for (int i = end - 3; i > 0; i -= 3) {
            made.insert(i, grouping);
        }
        return made.toString();
    }

    private TracedText aligned(TracedText prefix, TracedText text, char otherwise) {
        long room = Math.max(0, (long) width - prefix.points() - text.points());
        char side = align == 0 ? otherwise : align;
        long left = side == '>' ? room : side == '^' ? room / 2 : 0;
        var made = new TextBuilder().repeat(fill, left).append(prefix).repeat(fill, side == '=' ? room : 0)
                .append(text);
        return made.repeat(fill, side == '<' || side == '^' ? room - left : 0).toText();
    }
}
