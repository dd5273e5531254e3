package io.weft.metric.agreement;

/** What differences between two values mean, and with it how much a disagreement weighs (Krippendorff 2011). */
public enum Scale {
    /** Names: two values are equal or not. */
    NOMINAL {
        @Override double difference(double[] values, double[] counts, int one, int other) { return one == other ? 0
                : 1; }
    },
    /** Ranks: what counts is how many of the given values lie between two, half of both among them. */
    ORDINAL {
        @Override double difference(double[] values, double[] counts, int one, int other) {
            double between = -(counts[one] + counts[other]) / 2;
            for (int i = Math.min(one, other); i <= Math.max(one, other); i++) {
                between += counts[i];
            }
            return one == other ? 0 : between * between;
        }
    },
    /** Numbers: the square of the difference. */
    INTERVAL {
        @Override double difference(double[] values, double[] counts, int one, int other) {
            return (values[one] - values[other]) * (values[one] - values[other]);
        }
    };

    /**
     * The squared difference of two values, by their indices.
     *
     * @param values that were given, ascending  @param counts how often each was, among the pairable
     */
    abstract double difference(double[] values, double[] counts, int one, int other);
}
