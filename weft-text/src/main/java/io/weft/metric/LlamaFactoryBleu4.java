package io.weft.metric;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The number that LLaMA-Factory prints as "bleu-4": NLTK's sentence BLEU with smoothing method 3 on single characters
 * (white space among them), times 100, rounded to four digits, then the mean over the corpus. It is far above a word
 * BLEU of the same texts, and ms-swift's "bleu-4" is on words: the two do not compare.
 */
public final class LlamaFactoryBleu4 {
    private LlamaFactoryBleu4() {}

    /** 0 to 100; 0 for an empty corpus. */
    public static double corpus(List<String> predictions, List<String> references) {
        Corpus.requirePairs(predictions, references);
        double sum = 0;
        for (int i = 0; i < predictions.size(); i++) {
            sum += sentence(predictions.get(i), references.get(i));
        }
        return predictions.isEmpty() ? 0 : sum / predictions.size();
    }

    /** Of one row, 0 to 100. */
    public static double sentence(String prediction, String reference) {
        double score = NltkBleu.sentence(BleuTokens.characters(prediction), BleuTokens.characters(reference),
                NltkBleu.Smoothing.METHOD_3);
        return new BigDecimal(score * 100).setScale(4, RoundingMode.HALF_EVEN).doubleValue();
    }
}
