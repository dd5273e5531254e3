package io.weft.metric;

import io.weft.jinja.PythonSpace;
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

    private static double score(List<String> predictions, List<String> references, int wordOrders) {
        Corpus.requirePairs(predictions, references);
        long[][] counts = new long[CHARACTERS + wordOrders][3];
        for (int i = 0; i < predictions.size(); i++) {
            count(counts, 0, CHARACTERS, BleuTokens.CHARACTERS.tokens(predictions.get(i)),
                    BleuTokens.CHARACTERS.tokens(references.get(i)));
            count(counts, CHARACTERS, wordOrders, words(predictions.get(i)), words(references.get(i)));
        }
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (long[] order : counts) {
            if (order[0] > 0 && order[1] > 0) {
                precision += (double) order[2] / order[0];
                recall += (double) order[2] / order[1];
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
    private static void count(long[][] counts, int first, int orders, List<String> prediction, List<String> reference) {
        for (int n = 1; n <= orders; n++) {
            NGrams predicted = NGrams.of(prediction, n);
            NGrams expected = NGrams.of(reference, n);
            long[] order = counts[first + n - 1];
            order[0] += expected.total() == 0 ? 0 : predicted.total();
            order[1] += expected.total();
            order[2] += predicted.shared(expected);
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
