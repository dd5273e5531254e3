package io.weft.metric.agreement;

/** Where a number lies with a certainty of 95 of 100. */
public record Interval(double low, double high) {
    /** Whether a value lies within. */
    public boolean holds(double value) { return low <= value && value <= high; }
}
