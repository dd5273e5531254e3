package io.weft.metric;

import java.util.List;

import static io.weft.problem.Language.say;

/**
 * How ROUGE and BLEU cut a corpus into tokens. The references alone decide, once for all rows and all models, so that
 * the scores before and after tuning compare. Where at least {@value #SHARE} of the references' letters are ideographs:
 * one token per ideograph, English words as they are; this also serves a corpus of both languages. Where as many
 * letters are neither Latin nor ideographs: Unicode words. Else rouge_score's and WMT's English rules.
 */
public record CorpusTokens(RougeTokens rouge, BleuTokens bleu) {
    /** A row of Chinese has far fewer letters than its English translation, so a corpus of both passes this easily. */
    static final double SHARE = 0.05;

    /** Chooses for a corpus; English for one without letters. */
    public static CorpusTokens of(List<String> references) {
        long letters = 0;
        long ideographs = 0;
        long unspaced = 0;
        long foreign = 0;
        for (String text : references) {
            for (int c : text.codePoints().filter(Character::isLetter).toArray()) {
                letters++;
                ideographs += Character.isIdeographic(c) ? 1 : 0;
                unspaced += Script.unspaced(c) ? 1 : 0;
                foreign += Script.foreign(c) ? 1 : 0;
            }
        }
        double enough = Math.max(1, SHARE * letters);
        if (foreign >= enough && foreign > ideographs) {
            return new CorpusTokens(RougeTokens.UNICODE, unspaced >= enough ? BleuTokens.CHARACTERS : BleuTokens.V13A);
        }
        return ideographs >= enough ? new CorpusTokens(RougeTokens.CHINESE, BleuTokens.ZH)
                : new CorpusTokens(RougeTokens.ENGLISH, BleuTokens.V13A);
    }

    /**
     * One line to show beside the scores, e.g. "ROUGE on one token per ideograph, rouge_score words; BLEU on sacrebleu
     * zh".
     */
    public String label() {
        return say("ROUGE on %s; BLEU on sacrebleu %s", rouge.said(), bleu.label());
    }
}
