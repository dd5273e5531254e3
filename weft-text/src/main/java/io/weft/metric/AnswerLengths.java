package io.weft.metric;

import io.weft.jinja.PythonSpace;
import java.util.List;

/**
 * How many expected answers are long enough for each measure. Where none is, even a perfect model scores 0 (sacrebleu's
 * BLEU of an answer with itself is 0.00 below four tokens, rouge_score's ROUGE-2 below two words), so the measure says
 * nothing of any model.
 *
 * @param answers   that are expected
 * @param empty     of them are nothing but white space
 * @param words     have a token of ROUGE  @param pairs have two  @param fourGrams have four tokens of BLEU
 */
public record AnswerLengths(int answers, int empty, int words, int pairs, int fourGrams) {
    public static AnswerLengths of(List<String> expected, CorpusTokens cut) {
        int empty = 0, words = 0, pairs = 0, fourGrams = 0;
        for (String answer : expected) {
            int tokens = cut.rouge().tokens(answer).size();
            empty += PythonSpace.strip(answer).isEmpty() ? 1 : 0;
            words += tokens > 0 ? 1 : 0;
            pairs += tokens > 1 ? 1 : 0;
            fourGrams += cut.bleu().tokens(PythonSpace.stripEnd(answer)).size() >= GramMatches.ORDERS ? 1 : 0;
        }
        return new AnswerLengths(expected.size(), empty, words, pairs, fourGrams);
    }
}
