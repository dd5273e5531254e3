package io.weft.metric.bootstrap;

import java.util.OptionalLong;

/**
 * How much one model's score exceeds another's on the same rows, and what of it may be chance.
 *
 * @param interval      that holds the difference with 95 % confidence
 * @param standardError of the difference
 * @param rows          that both were scored on  @param differing in so many of them the two do not get the same
 */
public record PairedDifference(double difference, Interval interval, double standardError, int rows, int differing) {
    /**
     * Fewer rows that differ show nothing: even if all of them spoke for one model, so would 1 of 16 throws of five
     * coins (2 / 2^5), which is more than the 5 % that are allowed.
     */
    public static final int LEAST = 6;
    /** 0.975 and 0.8 of the normal distribution. */
    private static final double LEVEL_AND_POWER = 1.959964 + 0.841621;
    private static final long MOST = 10_000_000;

    /** Whether the rows show that there is a difference. */
    public boolean isShown() { return differing >= LEAST && !interval.contains(0); }

    /**
     * Rows that would show a difference of this size four times out of five, when they are like these; empty where it
     * is shown, and where there is nothing to estimate it from.
     */
    public OptionalLong rowsNeeded() {
        double ratio = LEVEL_AND_POWER * standardError / difference, needed = Math.ceil(rows * ratio * ratio);
        return isShown() || !(needed <= MOST) || standardError == 0 ? OptionalLong.empty()
                : OptionalLong.of(Math.max(rows + 1, (long) needed));
    }
}
