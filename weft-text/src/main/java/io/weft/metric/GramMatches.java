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
