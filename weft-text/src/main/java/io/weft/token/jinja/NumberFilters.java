package io.weft.token.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that make numbers. */
final class NumberFilters {
    private NumberFilters() {}

    static void addTo(Map<String, Builtin> table) {
        Builtin.define(table, "abs", "", (budget, value, given) -> Numbers.absolute(value));
        Builtin.define(table, "int", "default? base?", (budget, value, given) -> integer(Undefined.refuse(value), given.value(0, 0L), (int) Math.min(99, given.integer(1, 10))));
        Builtin.define(table, "float", "default?", (budget, value, given) -> {
            Double number = Numbers.isNumber(Undefined.refuse(value)) ? (Double) Numbers.toDouble(value) : value instanceof Text text ? parse(text) : null;
            return number != null ? number : given.value(0, 0.0);
        });
        Builtin.define(table, "round", "precision? method?", (budget, value, given) -> round(value, (int) Math.max(-400, Math.min(400, given.integer(0, 0))), given.text(1, Text.of("common"))));
    }

    private static Object integer(Object value, Object otherwise, int base) {
        if (value instanceof Double number) {
            return Double.isNaN(number) || Double.isInfinite(number) ? otherwise : Numbers.shrink(new BigDecimal(number).toBigInteger());
        } else if (Numbers.isNumber(value)) {
            return Numbers.shrink(Numbers.toBig(value));
        } else if (!(value instanceof Text)) {
            return otherwise;
        }
        String digits = trimmed((Text) value);
        String plain = digits.replaceFirst(base == 16 ? "^([-+]?)0[xX]" : base == 8 ? "^([-+]?)0[oO]" : base == 2 ? "^([-+]?)0[bB]" : "^([-+]?)", "$1").replaceAll("(?<=\\w)_(?=\\w)", "");
        boolean whole = base >= 2 && base <= 36 && plain.length() <= 4300 && plain.matches("[-+]?[0-9a-zA-Z]+") && plain.chars().skip(plain.matches("[-+].*") ? 1 : 0)
            .allMatch(c -> Character.digit(c, base) >= 0);
        if (whole) {
            return Numbers.shrink(new BigInteger(plain.startsWith("+") ? plain.substring(1) : plain, base));
        }
        Double number = parse((Text) value);
        return number == null ? otherwise : integer(number, otherwise, 10);
    }

    private static String trimmed(Text text) { return text.strip(Characters::isSpace, true, true).toString(); }

    /** As Python's float() reads it, or null. */
    private static Double parse(Text text) {
        String digits = trimmed(text).replaceAll("(?<=\\d)_(?=\\d)", "");
        if (digits.length() <= 4300 && digits.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
            return Double.valueOf(digits);
        } else if (digits.matches("(?i)[-+]?(inf|infinity)")) {
            return digits.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return digits.matches("(?i)[-+]?nan") ? Double.NaN : null;
    }

    private static Object round(Object value, int precision, Text method) {
        var mode = switch (method.toString()) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw TemplateException.because("round knows common, ceil and floor, not '%s'", "round 只接受 common、ceil 和 floor,不接受 '%s'", method);
        };
        double number = Numbers.toDouble(value);
        if (!(value instanceof Double) && mode == RoundingMode.HALF_EVEN) {
            return Numbers.shrink(new BigDecimal(Numbers.toBig(value)).setScale(Math.min(0, precision), mode).toBigInteger());
        } else if (Double.isNaN(number) || Double.isInfinite(number)) {
            return number;
        } else if (mode == RoundingMode.HALF_EVEN) {
            return new BigDecimal(number).setScale(precision, mode).doubleValue();
        }
        double scale = Math.pow(10, precision);      // in floats, as Jinja does it
        return (mode == RoundingMode.FLOOR ? Math.floor(number * scale) : Math.ceil(number * scale)) / scale;
    }
}
