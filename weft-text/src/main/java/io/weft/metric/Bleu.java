package io.weft.metric;

import io.weft.jinja.PythonSpace;
import io.weft.metric.bootstrap.RowStatistics;
import java.util.Arrays;
import java.util.List;

/**
 * BLEU-4 (Papineni et al. 2002) as sacrebleu 2.6 computes it with its defaults: case kept, exponential smoothing of
 * orders without a match.
 *
 * @param score 0 to 100
 * @param precisions for n = 1 to 4, 0 to 100, smoothed
 * @param matches n-grams that the references have too
 * @param totals n-grams predicted
 * @param brevityPenalty 0 to 1
 * @param predictionLength tokens
 * @param referenceLength tokens of the reference closest in length, summed
 */
public record Bleu(double score,
        List<Double> precisions, List<Integer> matches, List<Integer> totals, double brevityPenalty,
        int predictionLength, int referenceLength) {
    /** The score of a whole corpus, with one reference each: counts are summed before dividing. */
    public static Bleu corpus(List<String> predictions, List<String> references, BleuTokens cut) {
        return corpusOfMany(predictions, references.stream().map(List::of).toList(), cut);
    }

    /** {@link #corpus} with one or more references for each prediction. */
    public static Bleu corpusOfMany(List<String> predictions, List<List<String>> references, BleuTokens cut) {
        Corpus.requirePairs(predictions, references);
        GramMatches sum = new GramMatches();
        for (int i = 0; i < predictions.size(); i++) {
            add(sum, predictions.get(i), references.get(i), cut);
        }
        return of(sum, false);
    }

    /** The numbers of each row that {@link #corpus} adds up before it divides. */
    public static RowStatistics rows(List<String> predictions, List<String> references, BleuTokens cut) {
        Corpus.requirePairs(predictions, references);
        double[][] rows = new double[predictions.size()][];
        Arrays.setAll(rows, i -> {
            GramMatches one = new GramMatches();
            add(one, predictions.get(i), List.of(references.get(i)), cut);
            return one.numbers();
        });
        return new RowStatistics(rows, sums -> of(GramMatches.of(sums), false).score());
    }

    /**
     * The score of one prediction: orders longer than the prediction are left out (sacrebleu's effective order), else
     * every short answer would score 0.
     */
    public static Bleu sentence(String prediction, List<String> references, BleuTokens cut) {
        GramMatches sum = new GramMatches();
        add(sum, prediction, references, cut);
        return of(sum, true);
    }

    private static void add(GramMatches sum, String prediction, List<String> references, BleuTokens cut) {
        List<List<String>> tokens = references.stream().map(reference -> cut.tokens(PythonSpace.stripEnd(reference)))
                .toList();
        sum.add(cut.tokens(PythonSpace.stripEnd(prediction)), tokens, GramMatches.ReferenceLength.CLOSEST);
    }

    private static Bleu of(GramMatches sum, boolean effectiveOrder) {
        double[] precisions = new double[GramMatches.ORDERS];
        boolean any = Arrays.stream(sum.matches).anyMatch(matches -> matches > 0);
        int order = GramMatches.ORDERS;
        double halving = 1;
        for (int n = 0; any && n < GramMatches.ORDERS && sum.totals[n] > 0; n++) {
            if (sum.matches[n] == 0) {
                halving *= 2;
            }
            precisions[n] = 100.0 * (sum.matches[n] == 0 ? 1 / halving : sum.matches[n]) / sum.totals[n];
            order = effectiveOrder ? n + 1 : order;
        }
        double score = any ? sum.brevityPenalty() * geometricMean(precisions, order) : 0;
        return new Bleu(score, boxed(precisions), boxed(sum.matches), boxed(sum.totals), sum.brevityPenalty(),
                sum.predictionLength, sum.referenceLength);
    }

    /** 0 as soon as one of the first {@code order} values is. */
    static double geometricMean(double[] values, int order) {
        double logarithms = 0;
        for (int i = 0; i < order; i++) {
            logarithms += Math.log(values[i]);
        }
        return Math.exp(logarithms / order);
    }

    static List<Double> boxed(double[] values) { return Arrays.stream(values).boxed().toList(); }

    private static List<Integer> boxed(int[] values) { return Arrays.stream(values).boxed().toList(); }
}
