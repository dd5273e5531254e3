package io.weft.metric.bootstrap;

import java.util.Arrays;
import java.util.Optional;

/** Where a number lies with 95 % confidence. */
public record Interval(double low, double high) {
    private static final double HALF_WAY = 1.959963984540054;   // quantile 0.975 of the normal distribution
    private static final double MOST_UNDEFINED = 0.05;

    /**
     * Of a score's resamples: their percentiles, a little outside of 2.5 % and 97.5 % where the rows are few, since a
     * resample of few rows varies less than the rows do (the expanded percentile interval: Hesterberg 2015, "What
     * teachers should know about the bootstrap", section 4.4).
     *
     * @param resamples the score of each; those that are not defined are left out
     * @param rows      that each was drawn from, 2 or more
     * @return nothing where more than one of twenty is not defined
     */
    static Optional<Interval> of(double[] resamples, int rows) {
        double[] sorted = Arrays.stream(resamples).filter(score -> !Double.isNaN(score)).sorted().toArray();
        if (sorted.length == 0 || resamples.length - sorted.length > MOST_UNDEFINED * resamples.length) {
            return Optional.empty();
        }
        double tail = normal(-Math.sqrt(rows / (rows - 1.0)) * student(rows - 1));
        return Optional.of(new Interval(quantile(sorted, tail), quantile(sorted, 1 - tail)));
    }

    public boolean contains(double value) { return low <= value && value <= high; }

    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] == above ? above : sorted[below] + (at - below) * (above - sorted[below]);
    }

    /** Quantile 0.975 of Student's t, by its expansion in 1 / freedom (Fisher and Cornish 1960): 5e-4 at 5, less on. */
    private static double student(double freedom) {
        double z = HALF_WAY, z2 = z * z, v = freedom;
        return z + z * (z2 + 1) / (4 * v) + z * ((5 * z2 + 16) * z2 + 3) / (96 * v * v)
                + z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * v * v * v)
                + z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / (92160 * v * v * v * v);
    }

    /** The normal distribution below a negative z, within 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
    private static double normal(double z) {
        double t = 1 / (1 - 0.2316419 * z);
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * sum;
    }
}
