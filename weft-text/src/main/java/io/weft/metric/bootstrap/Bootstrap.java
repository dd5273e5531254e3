package io.weft.metric.bootstrap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Scores of rows that were drawn with replacement from the judged ones, {@value #RESAMPLES} times. The draws are the
 * same for all scores, which pairs the models: a hard row is hard for each of them. The same rows and seed give the
 * same numbers.
 */
public final class Bootstrap {
    public static final int RESAMPLES = 1000;
    private final List<RowStatistics> statistics;
    private final double[][] scores;
    private final int rows;

    private Bootstrap(List<RowStatistics> statistics, double[][] scores, int rows) {
        this.statistics = statistics;
        this.scores = scores;
        this.rows = rows;
    }

    /** @param statistics of the same rows, of several scores and models */
    public static Bootstrap of(List<RowStatistics> statistics, long seed) {
        int rows = statistics.isEmpty() ? 0 : statistics.get(0).rows().length;
        if (statistics.stream().anyMatch(one -> one.rows().length != rows)) {
            throw new IllegalArgumentException("statistics of different rows");
        }
        Map<double[][], double[]> sums = new IdentityHashMap<>();   // several scores share their numbers
        statistics.forEach(one -> sums.computeIfAbsent(one.rows(), numbers -> new double[rows == 0 ? 0
                : numbers[0].length]));
        double[][] scores = new double[statistics.size()][RESAMPLES];
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[rows];
        for (int r = 0; r < RESAMPLES && rows > 0; r++) {
            Arrays.fill(drawn, 0);
            for (int i = 0; i < rows; i++) {
                drawn[random.nextInt(rows)]++;
            }
            sums.forEach((numbers, into) -> add(numbers, drawn, into));
            for (int s = 0; s < scores.length; s++) {
                RowStatistics one = statistics.get(s);
                scores[s][r] = one.score().applyAsDouble(sums.get(one.rows()));
            }
        }
        return new Bootstrap(new ArrayList<>(statistics), scores, rows);
    }

    private static void add(double[][] numbers, int[] drawn, double[] into) {
        Arrays.fill(into, 0);
        for (int i = 0; i < drawn.length; i++) {
            if (drawn[i] > 0) {
                double[] row = numbers[i];
                for (int k = 0; k < into.length; k++) {
                    into[k] += drawn[i] * row[k];
                }
            }
        }
    }

    /** Of one score; empty where fewer than {@value PairedDifference#LEAST} rows count. @param index of the score */
    public Optional<Interval> interval(int index) {
        int counted = statistics.get(index).counted();
        return rows < PairedDifference.LEAST ? Optional.empty()
                : Interval.of(scores[index], Math.max(PairedDifference.LEAST, counted));
    }

    /** How much the second score exceeds the first; empty where too few rows count. @param from index of the first */
    public Optional<PairedDifference> difference(int from, int to) {
        double[] differences = new double[RESAMPLES];
        Arrays.setAll(differences, r -> scores[to][r] - scores[from][r]);
        RowStatistics first = statistics.get(from), second = statistics.get(to);
        double difference = second.value() - first.value();
        int counted = Math.max(first.counted(), second.counted());
        return rows < PairedDifference.LEAST ? Optional.empty()
                : Interval.of(differences, Math.max(PairedDifference.LEAST, counted)).map(interval ->
                new PairedDifference(difference, interval, deviation(differences), rows, first.differing(second)));
    }

    private static double deviation(double[] values) {
        double[] known = Arrays.stream(values).filter(Double::isFinite).toArray();
        double mean = Arrays.stream(known).average().orElse(Double.NaN);
        return Math.sqrt(Arrays.stream(known).map(value -> (value - mean) * (value - mean)).sum()
                / Math.max(1, known.length - 1));
    }
}
