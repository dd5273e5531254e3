package io.weft.evaluate;

import io.weft.metric.bootstrap.Interval;
import java.util.Locale;
import java.util.Optional;

/** Intervals as people are shown them. */
public final class IntervalText {
    private IntervalText() {}

    /** Half its width, behind the number that it belongs to; "" where there is none. */
    public static String half(Measure measure, Optional<Interval> interval) {
        return interval.map(found -> number(" ±%,." + Math.max(1, measure.digits() - 1) + "f",
                (found.high() - found.low()) / 2)).orElse("");
    }

    /** Both ends; "" where there is none. */
    public static String ends(Measure measure, Optional<Interval> interval, boolean signed) {
        String digits = (signed ? "%+,." : "%,.") + measure.digits() + "f";
        return interval.map(found -> "[" + number(digits, found.low()) + ", " + number(digits, found.high()) + "]")
                .orElse("");
    }

    public static String number(String format, double value) { return String.format(Locale.ROOT, format, value); }
}
