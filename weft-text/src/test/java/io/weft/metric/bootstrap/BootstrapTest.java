package io.weft.metric.bootstrap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BootstrapTest {
    /** Draws whole rows and scores each choice from its rows, one resample after the other. */
    @Test void itScoresWhatAPlainLoopScores() {
        Random random = new Random(3);
        double[] hits = random.doubles(40).toArray(), totals = random.doubles(40, 1, 9).toArray(),
                others = random.doubles(40).toArray();
        Bootstrap found = Bootstrap.of(List.of(RowStatistics.ratio(hits, totals), RowStatistics.mean(others)), 7);
        SplittableRandom draws = new SplittableRandom(7);
        List<Double> ratios = new ArrayList<>(), differences = new ArrayList<>();
        for (int r = 0; r < Bootstrap.RESAMPLES; r++) {
            int[] rows = IntStream.generate(() -> draws.nextInt(40)).limit(40).toArray();
            double ratio = Arrays.stream(rows).mapToDouble(row -> hits[row]).sum()
                    / Arrays.stream(rows).mapToDouble(row -> totals[row]).sum();
            ratios.add(ratio);
            differences.add(Arrays.stream(rows).mapToDouble(row -> others[row]).average().orElseThrow() - ratio);
        }
        Interval interval = found.interval(0).orElseThrow();
        // t(39) = 2.02269, times sqrt(40 / 39) is a normal 2.04846: 2.0258 % on either side
        assertThat(interval.low()).isCloseTo(quantile(ratios, 0.020258), within(1e-6));
        assertThat(interval.high()).isCloseTo(quantile(ratios, 1 - 0.020258), within(1e-6));
        PairedDifference difference = found.difference(0, 1).orElseThrow();
        assertThat(difference.interval().low()).isCloseTo(quantile(differences, 0.020258), within(1e-6));
        double mean = differences.stream().mapToDouble(value -> value).average().orElseThrow();
        assertThat(difference.standardError()).isCloseTo(Math.sqrt(differences.stream().mapToDouble(value ->
                (value - mean) * (value - mean)).sum() / 999), within(1e-9));
        assertThat(difference.difference()).isCloseTo(RowStatistics.mean(others).value()
                - RowStatistics.ratio(hits, totals).value(), within(1e-15));
        assertThat(difference.differing()).isEqualTo(40);
    }

    private static double quantile(List<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
        double at = share * (sorted.length - 1);
        return sorted[(int) at] + (at - (int) at) * (sorted[(int) at + 1] - sorted[(int) at]);
    }

    @Test void nineteenOfTwentyIntervalsHoldTheTruthAlsoWhenRowsAreFewOrSkewed() {
        assertThat(coverage(8, false)).isBetween(0.92, 0.975);
        assertThat(coverage(40, false)).isBetween(0.93, 0.97);
        assertThat(coverage(40, true)).isBetween(0.90, 0.97);
    }

    /** How often the interval of a paired difference holds the true one, 0.3, beside rows that are far harder. */
    private static double coverage(int rows, boolean skewed) {
        Random random = new Random(11);
        int held = 0, trials = 600;
        for (int trial = 0; trial < trials; trial++) {
            double[] first = random.doubles(rows).map(u -> 10 * u).toArray(), second = Arrays.stream(first)
                    .map(hard -> hard + 0.3 + (skewed ? -Math.log(1 - random.nextDouble()) - 1
                    : random.nextGaussian())).toArray();
            held += Bootstrap.of(List.of(RowStatistics.mean(first), RowStatistics.mean(second)), trial)
                    .difference(0, 1).orElseThrow().interval().contains(0.3) ? 1 : 0;
        }
        return (double) held / trials;
    }

    @Test void equalModelsAreCalledDifferentInOneOfTwentyTrialsAtMost() {
        Random random = new Random(5);
        int called = 0, trials = 600;
        for (int trial = 0; trial < trials; trial++) {
            double[] first = random.doubles(60).map(u -> u < 0.3 ? 1 : 0).toArray(),
                    second = random.doubles(60).map(u -> u < 0.3 ? 1 : 0).toArray();
            called += Bootstrap.of(List.of(RowStatistics.mean(first), RowStatistics.mean(second)), trial)
                    .difference(0, 1).orElseThrow().isShown() ? 1 : 0;
        }
        assertThat((double) called / trials).isBetween(0.02, 0.07);
    }

    @Test void fiveRowsThatDifferShowNothingAndFewerThanSixRowsHaveNoInterval() {
        double[] none = new double[100], five = new double[100], six = new double[100];
        Arrays.fill(five, 0, 5, 1);
        Arrays.fill(six, 0, 6, 1);
        Bootstrap of = Bootstrap.of(List.of(RowStatistics.mean(none), RowStatistics.mean(five),
                RowStatistics.mean(six)), 1);
        assertThat(of.difference(0, 1).orElseThrow()).matches(found -> !found.interval().contains(0))
                .matches(found -> !found.isShown());
        assertThat(of.difference(0, 2).orElseThrow().isShown()).isTrue();
        assertThat(of.difference(2, 0).orElseThrow().isShown()).isTrue();
        Bootstrap few = Bootstrap.of(List.of(RowStatistics.mean(new double[5]),
                RowStatistics.mean(new double[] {1, 1, 1, 1, 1})), 1);
        assertThat(few.difference(0, 1)).isEmpty();
        assertThat(few.interval(0)).isEmpty();
    }

    @Test void itSaysHowManyRowsWouldShowADifference() {
        // difference 0.2, deviation of a row 1: (1.96 + 0.84)^2 * 25 = 196 rows
        double[] first = new double[30], second = IntStream.range(0, 30)
                .mapToDouble(i -> 0.2 + (i % 2 == 0 ? 1 : -1)).toArray();
        PairedDifference found = Bootstrap.of(List.of(RowStatistics.mean(first), RowStatistics.mean(second)), 1)
                .difference(0, 1).orElseThrow();
        assertThat(found.isShown()).isFalse();
        assertThat(found.rowsNeeded().orElseThrow()).isBetween(170L, 220L);
        PairedDifference same = Bootstrap.of(List.of(RowStatistics.mean(first), RowStatistics.mean(first.clone())), 1)
                .difference(0, 1).orElseThrow();
        assertThat(same.rowsNeeded()).isEmpty();
    }

    @Test void aThousandRowsTakeWellBelowASecond() {
        double[][] numbers = new Random(1).doubles(60).mapToObj(any -> new Random(2).doubles(1000).toArray())
                .toArray(double[][]::new), rows = new double[1000][60];
        IntStream.range(0, 1000).forEach(i -> Arrays.setAll(rows[i], k -> numbers[k][i]));
        List<RowStatistics> two = List.of(new RowStatistics(rows, sums -> sums[0] / sums[59]),
                new RowStatistics(rows.clone(), sums -> sums[1] / sums[58]));
        long begun = System.nanoTime();
        Bootstrap.of(two, 1).difference(0, 1);
        assertThat((System.nanoTime() - begun) / 1e9).isLessThan(0.8);
    }

    @Test void theSameSeedGivesTheSameNumbers() {
        RowStatistics mean = RowStatistics.mean(new Random(1).doubles(50).toArray());
        assertThat(Bootstrap.of(List.of(mean), 4).interval(0)).isEqualTo(Bootstrap.of(List.of(mean), 4).interval(0))
                .isNotEqualTo(Bootstrap.of(List.of(mean), 5).interval(0));
    }
}
