package io.weft.metric;

import java.util.List;

/**
 * What every BLEU is made of: for n = 1 to 4 the n-grams of the predictions, how many of them the references have too,
 * and both lengths. Adds up over a corpus.
 */
final class GramMatches {
    static final int ORDERS = 4;
    final int[] matches = new int[ORDERS];
    final int[] totals = new int[ORDERS];
    int predictionLength;
    int referenceLength;

    /** Which of several references gives a prediction's reference length. */
    enum ReferenceLength { CLOSEST, SHORTEST }

    void add(List<String> prediction, List<List<String>> references, ReferenceLength rule) {
        for (int n = 1; n <= ORDERS; n++) {
            NGrams predicted = NGrams.of(prediction, n);
            NGrams allowed = NGrams.of(List.of(), n);
            for (List<String> reference : references) {
                allowed = allowed.union(NGrams.of(reference, n));
            }
            matches[n - 1] += predicted.shared(allowed);
            totals[n - 1] += predicted.total();
        }
        predictionLength += prediction.size();
        referenceLength += length(prediction.size(), references, rule);
    }

    /** Matches, totals and both lengths: what adds up. */
    double[] numbers() {
        double[] numbers = new double[2 * ORDERS + 2];
        for (int n = 0; n < ORDERS; n++) {
            numbers[n] = matches[n];
            numbers[ORDERS + n] = totals[n];
        }
        numbers[2 * ORDERS] = predictionLength;
        numbers[2 * ORDERS + 1] = referenceLength;
        return numbers;
    }

    /** @param numbers sums of those of some predictions */
    static GramMatches of(double[] numbers) {
        GramMatches sum = new GramMatches();
        for (int n = 0; n < ORDERS; n++) {
            sum.matches[n] = (int) numbers[n];
            sum.totals[n] = (int) numbers[ORDERS + n];
        }
        sum.predictionLength = (int) numbers[2 * ORDERS];
        sum.referenceLength = (int) numbers[2 * ORDERS + 1];
        return sum;
    }

    private static int length(int predicted, List<List<String>> references, ReferenceLength rule) {
        int best = references.get(0).size();
        for (List<String> reference : references) {
            int length = reference.size();
            int nearer = rule == ReferenceLength.SHORTEST ? 0
                    : Math.abs(length - predicted) - Math.abs(best - predicted);
            best = nearer < 0 || nearer == 0 && length < best ? length : best;
        }
        return best;
    }

    /**
     * exp(1 - reference length / prediction length) for predictions shorter than their references, else 1; 0 when
     * nothing was predicted though something was expected.
     */
    double brevityPenalty() {
        if (predictionLength >= referenceLength) {
            return 1;
        }
        return predictionLength == 0 ? 0 : Math.exp(1 - (double) referenceLength / predictionLength);
    }
}
