package io.weft.metric.agreement;

import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.PairedDifference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;

/**
 * The percentile bootstrap (Efron 1979) of a statistic that does not add up over its units, such as alpha: units are
 * drawn again with replacement, all judgements of a unit together (Zapf et al. 2016, doi:10.1186/s12874-016-0200-9).
 * The same seed gives the same interval.
 */
public final class UnitBootstrap {
    private static final int DRAWS = 2000;
    private static final double EACH_SIDE = 0.025;

    private UnitBootstrap() {}

    /**
     * The 95 % interval of a statistic.
     *
     * @param statistic of some of the units, each as often as it was drawn; empty where these do not say
     * @return nothing for fewer units than show anything, or where less than half of the draws say anything
     */
    public static <T> Optional<Interval> interval(List<T> units, Function<List<T>, OptionalDouble> statistic,
            long seed) {
        if (units.size() < PairedDifference.LEAST) {
            return Optional.empty();
        }
        Random random = new Random(seed);
        double[] values = new double[DRAWS];
        int count = 0;
        for (int i = 0; i < DRAWS; i++) {
            OptionalDouble value = statistic.apply(random.ints(units.size(), 0, units.size()).mapToObj(units::get)
                    .toList());
            if (value.isPresent()) {
                values[count++] = value.getAsDouble();
            }
        }
        if (2 * count < DRAWS) {
            return Optional.empty();
        }
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return Optional.of(new Interval(quantile(sorted, EACH_SIDE), quantile(sorted, 1 - EACH_SIDE)));
    }

    /** Between the two nearest, as numpy's percentile has it. */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
