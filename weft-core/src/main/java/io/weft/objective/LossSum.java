package io.weft.objective;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss of one batch, not yet divided: sums add up over micro-batches, means do not.
 *
 * @param total   sum over what was counted
 * @param count   of what the objective counts: targets for a likelihood, rows for a preference
 * @param metrics what else was measured, by a name such as "rewards/margins", in the order to show them
 */
public record LossSum(double total, long count, Map<String, Measured> metrics) {
    public static final LossSum ZERO = new LossSum(0, 0);

    /** A mean that is not divided yet. */
    public record Measured(double sum, long count) {
        Measured plus(Measured other) { return new Measured(sum + other.sum, count + other.count); }
    }

    public LossSum { metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics)); }

    /** A loss, and nothing else measured. */
    public LossSum(double total, long count) { this(total, count, Map.of()); }

    /** This and one more metric. @param sum over so many of what it is the mean of */
    public LossSum with(String name, double sum, long count) {
        return plus(new LossSum(0, 0, Map.of(name, new Measured(sum, count))));
    }

    /**
     * The standard error of the mean over all parts together, which are drawn independently of each other: that of a
     * ratio of sums (Cochran 1977, Sampling Techniques, 6.3). Not a number for fewer than two parts.
     */
    public static double standardError(List<LossSum> parts) {
        List<LossSum> counted = parts.stream().filter(part -> part.count > 0).toList();
        LossSum all = counted.stream().reduce(ZERO, LossSum::plus);
        int n = counted.size();
        double squares = counted.stream().mapToDouble(part -> part.total - all.mean() * part.count)
                .map(residual -> residual * residual).sum();
        return n < 2 ? Double.NaN : Math.sqrt(squares * n / (n - 1)) / all.count;
    }

    public LossSum plus(LossSum other) {
        Map<String, Measured> both = new LinkedHashMap<>(metrics);
        other.metrics.forEach((name, measured) -> both.merge(name, measured, Measured::plus));
        return new LossSum(total + other.total, count + other.count, both);
    }

    /** Loss of one of what was counted; not a number when nothing was. */
    public double mean() { return total / count; }

    /** The mean of each metric that was measured at least once. */
    public Map<String, Double> means() {
        Map<String, Double> means = new LinkedHashMap<>();
        metrics.forEach((name, measured) -> {
            if (measured.count() > 0) {
                means.put(name, measured.sum() / measured.count());
            }
        });
        return means;
    }

    public boolean isFinite() { return Double.isFinite(total); }
}
