package io.weft.metric;

import io.weft.metric.bootstrap.RowStatistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * How well labels were predicted, as scikit-learn computes it with {@code zero_division=0}: a label never predicted has
 * precision 0, one never expected recall 0.
 *
 * @param accuracy share of rows whose label was predicted, 0 to 1
 * @param labels the scores of each label and its support (rows that have it), in the labels' order
 * @param macro plain means over the labels
 * @param weighted means weighted by support
 * @param micro from counts summed over the labels
 * @param unknown rows whose prediction is none of the labels: each is a miss for its expected label
 */
public record Classification(double accuracy,
        Map<String, Label> labels, PrecisionRecall macro, PrecisionRecall weighted, PrecisionRecall micro,
        int unknown) {
    private static final int HITS = 0;
    private static final int PREDICTED = 1;
    private static final int EXPECTED = 2;
    private static final int OF_ROW = 3;

    /** The scores of one label. */
    public record Label(PrecisionRecall score, int support) {}

    /**
     * Scores over every label that is expected or predicted, in text order: what scikit-learn does when no labels are
     * named.
     */
    public static Classification of(List<String> predicted, List<String> expected) {
        TreeSet<String> labels = new TreeSet<>(expected);
        labels.addAll(predicted);
        return of(predicted, expected, List.copyOf(labels));
    }

    /** Scores over the given labels only (scikit-learn's {@code labels=}). */
    static Classification of(List<String> predicted, List<String> expected, List<String> labels) {
        Corpus.requirePairs(predicted, expected);
        Map<String, int[]> counts = new LinkedHashMap<>();
        labels.forEach(label -> counts.put(label, new int[3]));
        int correct = 0;
        int unknown = 0;
        for (int i = 0; i < expected.size(); i++) {
            int[] asked = counts.getOrDefault(expected.get(i), new int[3]);
            int[] given = counts.get(predicted.get(i));
            asked[EXPECTED]++;
            if (given == null) {
                unknown++;
            } else {
                given[PREDICTED]++;
            }
            if (expected.get(i).equals(predicted.get(i))) {
                asked[HITS]++;
                correct++;
            }
        }
        return of(counts, expected.isEmpty() ? 0 : (double) correct / expected.size(), unknown);
    }

    /**
     * The numbers of each row that {@link #of} adds up: the row itself, whether it is right, whether its prediction is
     * no label, and of each label hits, predictions and rows.
     *
     * @param part of the scores over some rows
     */
    static RowStatistics rows(List<String> predicted, List<String> expected, List<String> labels,
            ToDoubleFunction<Classification> part) {
        Corpus.requirePairs(predicted, expected);
        double[][] rows = new double[expected.size()][OF_ROW + 3 * labels.size()];
        for (int i = 0; i < rows.length; i++) {
            int given = labels.indexOf(predicted.get(i)), asked = labels.indexOf(expected.get(i));
            boolean right = expected.get(i).equals(predicted.get(i));
            rows[i][0] = 1;
            rows[i][1] = right ? 1 : 0;
            rows[i][2] = given < 0 ? 1 : 0;
            if (asked >= 0) {
                rows[i][OF_ROW + 3 * asked + HITS] = right ? 1 : 0;
                rows[i][OF_ROW + 3 * asked + EXPECTED] = 1;
            }
            if (given >= 0) {
                rows[i][OF_ROW + 3 * given + PREDICTED] = 1;
            }
        }
        return new RowStatistics(rows, sums -> part.applyAsDouble(of(labels, sums)));
    }

    private static Classification of(List<String> labels, double[] sums) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            int at = OF_ROW + 3 * i;
            counts.put(labels.get(i), new int[] {(int) sums[at], (int) sums[at + 1], (int) sums[at + 2]});
        }
        return of(counts, sums[0] == 0 ? 0 : sums[1] / sums[0], (int) sums[2]);
    }

    private static Classification of(Map<String, int[]> counts, double accuracy, int unknown) {
        Map<String, Label> labels = new LinkedHashMap<>();
        int[] all = new int[3];
        counts.forEach((name, count) -> {
            labels.put(name, new Label(PrecisionRecall.of(count[HITS], count[PREDICTED], count[EXPECTED]),
                    count[EXPECTED]));
            for (int i = 0; i < all.length; i++) {
                all[i] += count[i];
            }
        });
        List<PrecisionRecall> scores = new ArrayList<>();
        labels.values().forEach(label -> scores.add(label.score));
        double[] supports = labels.values().stream().mapToDouble(Label::support).toArray();
        return new Classification(accuracy, Collections.unmodifiableMap(labels), PrecisionRecall.mean(scores),
                PrecisionRecall.mean(scores, supports),
                PrecisionRecall.of(all[HITS], all[PREDICTED], all[EXPECTED]), unknown);
    }
}
