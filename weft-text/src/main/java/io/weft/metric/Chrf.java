package io.weft.metric;

import io.weft.jinja.PythonSpace;
import io.weft.metric.bootstrap.RowStatistics;
import java.util.ArrayList;
import java.util.List;

/**
 * F-score (recall counts twice) of shared character n-grams, n = 1 to 6 (Popovic 2015), and with word n-grams, n = 1
 * and 2, chrF++ (Popovic 2017), as sacrebleu 2.6 computes them: 0 to 100, case kept, white space dropped from the
 * character n-grams. Needs no tokeniser, so it compares across languages' settings.
 */
public final class Chrf {
    private static final int CHARACTERS = 6;
    private static final int WORDS = 2;
    private static final int COUNTS = 3;
    private static final double BETA_SQUARED = 4;
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private Chrf() {}

    /** chrF of a corpus: n-grams are counted over all pairs before dividing. */
    public static double corpus(List<String> predictions, List<String> references) {
        return score(predictions, references, 0);
    }

    /** chrF++ of a corpus. */
    public static double plusPlus(List<String> predictions, List<String> references) {
        return score(predictions, references, WORDS);
    }

    /** The numbers of each row that {@link #corpus} adds up before it divides. */
    public static RowStatistics rows(List<String> predictions, List<String> references) {
        return rows(predictions, references, 0);
    }

    private static double score(List<String> predictions, List<String> references, int wordOrders) {
        return predictions.isEmpty() ? 0 : rows(predictions, references, wordOrders).value();
    }

    private static RowStatistics rows(List<String> predictions, List<String> references, int wordOrders) {
        Corpus.requirePairs(predictions, references);
        double[][] rows = new double[predictions.size()][COUNTS * (CHARACTERS + wordOrders)];
        for (int i = 0; i < rows.length; i++) {
            count(rows[i], 0, CHARACTERS, BleuTokens.CHARACTERS.tokens(predictions.get(i)),
                    BleuTokens.CHARACTERS.tokens(references.get(i)));
            count(rows[i], CHARACTERS, wordOrders, words(predictions.get(i)), words(references.get(i)));
        }
        return new RowStatistics(rows, Chrf::score);
    }

    private static double score(double[] counts) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int at = 0; at < counts.length; at += COUNTS) {
            if (counts[at] > 0 && counts[at + 1] > 0) {
                precision += counts[at + 2] / counts[at];
                recall += counts[at + 2] / counts[at + 1];
                orders++;
            }
        }
        return precision + recall == 0 ? 0 : 100 * (1 + BETA_SQUARED) * (precision / orders)
                * (recall / orders) / ((BETA_SQUARED * precision + recall) / orders);
    }

    /**
     * Adds predicted, expected and shared n-grams. A pair whose reference is too short for an order counts nothing
     * there.
     */
    private static void count(double[] counts, int first, int orders, List<String> prediction,
            List<String> reference) {
        for (int n = 1; n <= orders; n++) {
            NGrams predicted = NGrams.of(prediction, n);
            NGrams expected = NGrams.of(reference, n);
            int at = COUNTS * (first + n - 1);
            counts[at] += expected.total() == 0 ? 0 : predicted.total();
            counts[at + 1] += expected.total();
            counts[at + 2] += predicted.shared(expected);
        }
    }

    /** Words with one punctuation mark split off: the last character, or else the first. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : PythonSpace.split(text)) {
            int last = word.length() - 1;
            if (last > 0 && PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
                words.addAll(List.of(word.substring(0, last), word.substring(last)));
            } else if (last > 0 && PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
                words.addAll(List.of(word.substring(0, 1), word.substring(1)));
            } else {
                words.add(word);
            }
        }
        return words;
    }
}
