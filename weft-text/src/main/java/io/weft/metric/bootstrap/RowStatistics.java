package io.weft.metric.bootstrap;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * A score as a function of numbers that add up over rows, such as matches and totals: enough to score any choice of the
 * rows, each as often as one likes.
 *
 * @param rows  [N][K] the numbers of each row  @param score of the K sums over some rows
 */
public record RowStatistics(double[][] rows, ToDoubleFunction<double[]> score) {
    /** The mean of one number a row. */
    public static RowStatistics mean(double[] values) { return ratio(values, ones(values.length)); }

    /** The sum of one number divided by that of another; not a number where the second is 0. */
    public static RowStatistics ratio(double[] above, double[] below) {
        double[][] rows = new double[above.length][];
        Arrays.setAll(rows, row -> new double[] {above[row], below[row]});
        return new RowStatistics(rows, sums -> sums[0] / sums[1]);
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Another score of the same sums. */
    public RowStatistics scored(ToDoubleFunction<double[]> other) { return new RowStatistics(rows, other); }

    /** Of all rows, each once. */
    public double value() {
        double[] sums = new double[rows.length == 0 ? 0 : rows[0].length];
        for (double[] row : rows) {
            for (int k = 0; k < sums.length; k++) {
                sums[k] += row[k];
            }
        }
        return score.applyAsDouble(sums);
    }

    /** Rows in which anything was counted. */
    int counted() { return (int) Arrays.stream(rows).filter(row -> Arrays.stream(row).anyMatch(n -> n != 0)).count(); }

    /** Rows in which another model's numbers differ. */
    int differing(RowStatistics other) {
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            count += Arrays.equals(rows[i], other.rows[i]) ? 0 : 1;
        }
        return count;
    }
}
