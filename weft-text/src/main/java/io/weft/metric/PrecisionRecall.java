package io.weft.metric;

import java.util.Arrays;
import java.util.List;

/**
 * Precision, recall and their harmonic mean, each from 0 to 1; a share of nothing is 0 (scikit-learn's {@code
 * zero_division=0}).
 */
public record PrecisionRecall(double precision, double recall, double f1) {
    static final PrecisionRecall NOTHING = new PrecisionRecall(0, 0, 0);

    /** @param hits how many of the {@code predicted} things are among the {@code expected} ones */
    static PrecisionRecall of(long hits, long predicted, long expected) {
        double precision = predicted == 0 ? 0 : (double) hits / predicted;
        double recall = expected == 0 ? 0 : (double) hits / expected;
        return new PrecisionRecall(precision, recall, precision + recall == 0 ? 0
                : 2 * precision * recall / (precision + recall));
    }

    /** Plain means of the three numbers; all 0 for an empty list. The mean of the F1 is not the F1 of the means. */
    static PrecisionRecall mean(List<PrecisionRecall> scores) {
        double[] weights = new double[scores.size()];
        Arrays.fill(weights, 1);
        return mean(scores, weights);
    }

    /** Means weighted by {@code weights}; all 0 where these sum to 0. */
    static PrecisionRecall mean(List<PrecisionRecall> scores, double[] weights) {
        double precision = 0;
        double recall = 0;
        double f1 = 0;
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            PrecisionRecall score = scores.get(i);
            precision += weights[i] * score.precision;
            recall += weights[i] * score.recall;
            f1 += weights[i] * score.f1;
            total += weights[i];
        }
        return total == 0 ? NOTHING : new PrecisionRecall(precision / total, recall / total, f1 / total);
    }
}
