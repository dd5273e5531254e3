package io.weft.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Filters that make numbers. */
final class NumberFilters {
    /** Digits that Python's int() reads at most. */
    private static final int LONGEST = 4300;

    private NumberFilters() {}

    static void addTo(Map<String, Builtin> table) {
        Builtin.define(table, "abs", "", (budget, value, given) -> Numbers.absolute(value));
        Builtin.define(table, "int", "default? base?",
                (budget, value, given) -> integer(Undefined.refuse(value), given.value(0, 0L),
                (int) Math.min(99, given.integer(1, 10))));
        Builtin.define(table, "float", "default?", (budget, value, given) -> {
            if (Numbers.isNumber(Undefined.refuse(value))) {
                return Numbers.toDouble(value);
            }
            Optional<Object> read = value instanceof TracedText text ? fraction(text).map(number -> number)
                    : Optional.empty();
            return read.orElse(given.value(0, 0.0));
        });
        Builtin.define(table, "round", "precision? method?", (budget, value, given) ->
            round(value, (int) Math.max(-400, Math.min(400, given.integer(0, 0))),
                    given.text(1, TracedText.of("common"))));
    }

    private static Object integer(Object value, Object otherwise, int base) {
        if (value instanceof Double number) {
            return Double.isNaN(number) || Double.isInfinite(number) ? otherwise
                    : Numbers.shrink(new BigDecimal(number).toBigInteger());
        } else if (Numbers.isNumber(value)) {
            return Numbers.shrink(Numbers.toBig(value));
        } else if (!(value instanceof TracedText text) || text.length() > LONGEST) {
            return otherwise;
        } else {
            return whole(trimmed(text), base).map(Numbers::shrink)
                    .or(() -> fraction(text).map(number -> integer(number, otherwise, 10))).orElse(otherwise);
        }
    }

    /** As Python's int() reads it. */
    private static Optional<BigInteger> whole(String written, int base) {
        boolean signed = written.startsWith("-") || written.startsWith("+");
        String marker = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "none",
                digits = written.substring(signed ? 1 : 0);
        if (digits.toLowerCase(Locale.ROOT).startsWith(marker)) {
            digits = digits.substring(2);
        }
        boolean underscores = digits.startsWith("_") || digits.endsWith("_") || digits.contains("__");
        String plain = digits.replace("_", "");
        if (underscores || plain.isEmpty() || base < 2 || base > 36
                || !plain.chars().allMatch(c -> Character.digit(c, base) >= 0)) {
            return Optional.empty();
        }
        return Optional.of(new BigInteger((written.startsWith("-") ? "-" : "") + plain, base));
    }

    private static String trimmed(TracedText text) { return text.strip(PythonSpace::isSpace, true, true).toString(); }

    /** As Python's float() reads it. */
    private static Optional<Double> fraction(TracedText text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        String written = trimmed(text).replaceAll("(?<=\\d)_(?=\\d)", "");
        if (written.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
            return Optional.of(Double.valueOf(written));
        } else if (written.matches("(?i)[-+]?(inf|infinity)")) {
            return Optional.of(written.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return written.matches("(?i)[-+]?nan") ? Optional.of(Double.NaN) : Optional.empty();
    }

    private static Object round(Object value, int precision, TracedText method) {
        var mode = switch (method.toString()) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw TemplateException.because("round knows common, ceil and floor, not '%s'", method);
        };
        double number = Numbers.toDouble(value);
        if (!(value instanceof Double) && mode == RoundingMode.HALF_EVEN) {
            return Numbers.shrink(new BigDecimal(Numbers.toBig(value)).setScale(Math.min(0, precision), mode)
                    .toBigInteger());
        } else if (Double.isNaN(number) || Double.isInfinite(number)) {
            return number;
        } else if (mode == RoundingMode.HALF_EVEN) {
            return new BigDecimal(number).setScale(precision, mode).doubleValue();
        }
        double scale = Math.pow(10, precision);      // in floats, as Jinja does it
        return (mode == RoundingMode.FLOOR ? Math.floor(number * scale) : Math.ceil(number * scale)) / scale;
    }
}
