package io.weft.metric.agreement;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How far raters agree beyond chance, for any number of raters and with values missing (Krippendorff 2011, "Computing
 * Krippendorff's Alpha-Reliability"; Hayes and Krippendorff 2007, doi:10.1080/19312450709336664): 1 is perfect
 * agreement, 0 what values dealt out at random would show, below 0 systematic disagreement.
 *
 * @param value  empty where nothing was rated twice, or all values are the same, so that there is nothing to agree on
 * @param units  that two raters or more gave a value  @param values they gave to these
 */
public record KrippendorffAlpha(OptionalDouble value, int units, int values) {
    /**
     * @param units of each, the values that its raters gave, in any order; a unit of fewer than two values says nothing
     *     about agreement and is left out
     */
    public static KrippendorffAlpha of(List<double[]> units, Scale scale) {
        List<double[]> pairable = units.stream().filter(unit -> unit.length > 1).toList();
        double[] all = pairable.stream().flatMapToDouble(Arrays::stream).toArray();
        double[] values = Arrays.stream(all).distinct().sorted().toArray();
        double[] counts = counts(all, values);
        double observed = 0;
        for (double[] unit : pairable) {
            double[] own = counts(unit, values);
            observed += disagreement(own, values, counts, scale) / (unit.length - 1);
        }
        double expected = disagreement(counts, values, counts, scale) / (all.length - 1);
        return new KrippendorffAlpha(expected > 0 ? OptionalDouble.of(1 - observed / expected)
                : OptionalDouble.empty(), pairable.size(), all.length);
    }

    /** The sum of the differences of all ordered pairs. @param some how often each value is among them */
    private static double disagreement(double[] some, double[] values, double[] counts, Scale scale) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; some[i] > 0 && j < values.length; j++) {
                sum += some[j] > 0 ? some[i] * some[j] * scale.difference(values, counts, i, j) : 0;
            }
        }
        return sum;
    }

    private static double[] counts(double[] given, double[] values) {
        double[] counts = new double[values.length];
        for (double value : given) {
            counts[Arrays.binarySearch(values, value)]++;
        }
        return counts;
    }
}
