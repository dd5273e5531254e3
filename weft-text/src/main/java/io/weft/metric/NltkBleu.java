package io.weft.metric;

import java.util.Arrays;
import java.util.List;

/**
 * BLEU-4 as NLTK's {@code sentence_bleu} and {@code corpus_bleu} compute it: from 0 to 1, one reference, uniform
 * weights. Unlike sacrebleu it counts a prediction shorter than n as one n-gram that did not match.
 */
public final class NltkBleu {
    private static final double EPSILON = 0.1;
    private static final double K = 5;

    private NltkBleu() {}

    /**
     * NLTK's answer to orders without a match, by NLTK's numbers (Chen and Cherry 2014, "A systematic comparison of
     * smoothing techniques for sentence-level BLEU").
     */
    public enum Smoothing { NONE, METHOD_1, METHOD_2, METHOD_3, METHOD_4, METHOD_7 }

    /** 0 when no token of the prediction is in the reference, or a side is empty. */
    public static double sentence(List<String> prediction, List<String> reference, Smoothing smoothing) {
        Counts counts = new Counts();
        counts.add(prediction, reference);
        return counts.score(smoothing, prediction, reference);
    }

    /** Counts summed over the corpus before dividing, unsmoothed. */
    public static double corpus(List<List<String>> predictions, List<List<String>> references) {
        Corpus.requirePairs(predictions, references);
        Counts counts = new Counts();
        for (int i = 0; i < predictions.size(); i++) {
            counts.add(predictions.get(i), references.get(i));
        }
        return counts.score(Smoothing.NONE, List.of(), List.of());
    }

    private static final class Counts {
        private final int[] matches = new int[GramMatches.ORDERS];
        private final int[] totals = new int[GramMatches.ORDERS];
        private int predictionLength;
        private int referenceLength;

        private void add(List<String> prediction, List<String> reference) {
            for (int n = 1; n <= GramMatches.ORDERS; n++) {
                NGrams predicted = NGrams.of(prediction, n);
                matches[n - 1] += predicted.shared(NGrams.of(reference, n));
                totals[n - 1] += Math.max(1, predicted.total());
            }
            predictionLength += prediction.size();
            referenceLength += reference.size();
        }

        private double score(Smoothing smoothing, List<String> prediction, List<String> reference) {
            if (matches[0] == 0) {
                return 0;
            }
            double[] precisions = new double[GramMatches.ORDERS];
            Arrays.setAll(precisions, n -> (double) matches[n] / totals[n]);
            smooth(precisions, smoothing, prediction, reference);
            double logarithms = 0;
            for (double precision : precisions) {
                logarithms += precision > 0 ? Math.log(precision) / GramMatches.ORDERS : 0;
            }
            double brevity = predictionLength > referenceLength ? 1
                    : Math.exp(1 - (double) referenceLength / predictionLength);
            return brevity * Math.exp(logarithms);
        }

        private void smooth(double[] precisions, Smoothing smoothing, List<String> prediction, List<String> reference) {
            int misses = 0;
            for (int n = 0; n < precisions.length; n++) {
                boolean missed = matches[n] == 0;
                misses += missed ? 1 : 0;
                switch (smoothing) {
                    case NONE -> precisions[n] = missed ? Double.MIN_NORMAL : precisions[n];
                    case METHOD_1 -> precisions[n] = missed ? EPSILON / totals[n] : precisions[n];
                    case METHOD_2 -> precisions[n] = n > 0 ? (matches[n] + 1.0) / (totals[n] + 1.0) : precisions[n];
                    case METHOD_3 -> precisions[n] = missed ? 1 / (Math.pow(2, misses) * totals[n]) : precisions[n];
                    default -> precisions[n] = missed && predictionLength > 1
                            ? Math.log(predictionLength) / (Math.pow(2, misses) * K * totals[n]) : precisions[n];
                }
            }
            if (smoothing == Smoothing.METHOD_7) {
                averageNeighbours(precisions, prediction, reference);
            }
        }

        /**
         * NLTK's method 5: each precision becomes the mean of itself and its neighbours, the lower one already
         * averaged.
         */
        private static void averageNeighbours(double[] precisions, List<String> prediction, List<String> reference) {
            int beyond = precisions.length + 1;
            NGrams predicted = NGrams.of(prediction, beyond);
            double above = (double) predicted.shared(NGrams.of(reference, beyond)) / Math.max(1, predicted.total());
            double below = precisions[0] + 1;
            for (int n = 0; n < precisions.length; n++) {
                double next = n + 1 < precisions.length ? precisions[n + 1] : above;
                precisions[n] = (below + precisions[n] + next) / 3;
                below = precisions[n];
            }
        }
    }
}
