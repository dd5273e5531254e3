package io.weft.metric;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Overlap of a prediction with its reference (Lin 2004, "ROUGE: a package for automatic evaluation of summaries"), as
 * rouge_score 0.1.2 counts it: shared words (ROUGE-1), shared pairs (ROUGE-2), longest common subsequence of the whole
 * text (ROUGE-L) and of its lines (ROUGE-Lsum). Numbers from 0 to 1.
 */
public record Rouge(PrecisionRecall rouge1, PrecisionRecall rouge2, PrecisionRecall rougeL, PrecisionRecall rougeLsum) {
    /** The scores of one prediction. Where a side has no token all are 0. */
    public static Rouge of(String prediction, String reference, RougeTokens cut) {
        List<String> predicted = cut.tokens(prediction);
        List<String> expected = cut.tokens(reference);
        return new Rouge(grams(predicted, expected, 1), grams(predicted, expected, 2),
                PrecisionRecall.of(CommonSubsequence.length(expected, predicted), predicted.size(), expected.size()),
                lines(lines(prediction, cut), lines(reference, cut)));
    }

    /**
     * Plain means over a corpus; all 0 for an empty one. ({@code evaluate}'s default is a bootstrap estimate of the
     * same mean.)
     */
    public static Rouge mean(List<Rouge> scores) {
        return new Rouge(mean(scores, Rouge::rouge1), mean(scores, Rouge::rouge2), mean(scores, Rouge::rougeL),
                mean(scores, Rouge::rougeLsum));
    }

    /** {@link #mean} of the scores of each prediction with the reference at the same place. */
    public static Rouge corpus(List<String> predictions, List<String> references, RougeTokens cut) {
        Corpus.requirePairs(predictions, references);
        List<Rouge> scores = new ArrayList<>();
        for (int i = 0; i < predictions.size(); i++) {
            scores.add(of(predictions.get(i), references.get(i), cut));
        }
        return mean(scores);
    }

    private static PrecisionRecall mean(List<Rouge> scores, Function<Rouge, PrecisionRecall> part) {
        return PrecisionRecall.mean(scores.stream().map(part).toList());
    }

    private static PrecisionRecall grams(List<String> predicted, List<String> expected, int n) {
        NGrams of = NGrams.of(predicted, n);
        NGrams in = NGrams.of(expected, n);
        return PrecisionRecall.of(of.shared(in), of.total(), in.total());
    }

    private static List<List<String>> lines(String text, RougeTokens cut) {
        List<List<String>> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            lines.add(cut.tokens(line));
        }
        return lines;
    }

    /**
     * Section 3.2 of the paper: for each reference line the union of its subsequences with every predicted line; no
     * token counts more often than either side has it.
     */
    private static PrecisionRecall lines(List<List<String>> predicted, List<List<String>> expected) {
        Map<String, Integer> leftOfPredicted = counts(predicted);
        Map<String, Integer> leftOfExpected = counts(expected);
        int hits = 0;
        for (List<String> line : expected) {
            BitSet union = new BitSet();
            predicted.forEach(other -> union.or(CommonSubsequence.positions(line, other)));
            for (int at = union.nextSetBit(0); at >= 0; at = union.nextSetBit(at + 1)) {
                String token = line.get(at);
                if (leftOfPredicted.getOrDefault(token, 0) > 0 && leftOfExpected.getOrDefault(token, 0) > 0) {
                    hits++;
                    leftOfPredicted.merge(token, -1, Integer::sum);
                    leftOfExpected.merge(token, -1, Integer::sum);
                }
            }
        }
        return PrecisionRecall.of(hits, predicted.stream().mapToInt(List::size).sum(),
                expected.stream().mapToInt(List::size).sum());
    }

    private static Map<String, Integer> counts(List<List<String>> lines) {
        Map<String, Integer> counts = new HashMap<>();
        lines.forEach(line -> line.forEach(token -> counts.merge(token, 1, Integer::sum)));
        return counts;
    }
}
