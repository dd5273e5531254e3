package io.weft.objective;

/**
 * The loss of one batch, not yet divided: sums add up over micro-batches, means do not.
 *
 * @param total sum over the counted tokens  @param count tokens that were counted
 */
public record LossSum(double total, long count) {
    public static final LossSum ZERO = new LossSum(0, 0);

    public LossSum plus(LossSum other) { return new LossSum(total + other.total, count + other.count); }

    /** Loss of a token; not a number when none was counted. */
    public double mean() { return total / count; }

    public boolean isFinite() { return Double.isFinite(total); }
}
