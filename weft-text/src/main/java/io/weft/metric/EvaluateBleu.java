package io.weft.metric;

import java.util.List;
import java.util.function.Function;

/**
 * BLEU-4 as Hugging Face {@code evaluate} defines it (the code of TensorFlow's NMT): from 0 to 1, unsmoothed unless
 * asked, the shortest of several references counts.
 *
 * @param bleu 0 to 1
 * @param precisions for n = 1 to 4, 0 to 1
 * @param brevityPenalty 0 to 1
 * @param lengthRatio prediction length / reference length, 0 where there is no reference
 */
public record EvaluateBleu(double bleu,
        List<Double> precisions, double brevityPenalty, double lengthRatio, int predictionLength, int referenceLength) {
    /**
     * @param tokens how to cut a text; {@code evaluate}'s own default is {@code BleuTokens.V13A::tokens}
     * @param smooth adds 1 to matches and totals of every order
     */
    public static EvaluateBleu corpus(
            List<String> predictions, List<String> references, Function<String, List<String>> tokens, boolean smooth) {
        Corpus.requirePairs(predictions, references);
        GramMatches sum = new GramMatches();
        for (int i = 0; i < predictions.size(); i++) {
            sum.add(tokens.apply(predictions.get(i)), List.of(tokens.apply(references.get(i))),
                    GramMatches.ReferenceLength.SHORTEST);
        }
        double[] precisions = new double[GramMatches.ORDERS];
        int added = smooth ? 1 : 0;
        for (int n = 0; n < precisions.length; n++) {
            int total = sum.totals[n] + added;
            precisions[n] = total == 0 ? 0 : (double) (sum.matches[n] + added) / total;
        }
        double ratio = sum.referenceLength == 0 ? 0 : (double) sum.predictionLength / sum.referenceLength;
        double bleu = sum.brevityPenalty() * Bleu.geometricMean(precisions, precisions.length);
        return new EvaluateBleu(bleu, Bleu.boxed(precisions), sum.brevityPenalty(), ratio, sum.predictionLength,
                sum.referenceLength);
    }
}
