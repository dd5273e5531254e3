package io.weft.metric;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BleuTest {
    private static final List<String> PREDICTION = List.of("the weft goes over the warp thread");
    private static final List<String> REFERENCE = List.of("the weft goes over and under the warp");

    @Test void multipliesPrecisionsAndPunishesBrevity() {
        Bleu score = Bleu.corpus(PREDICTION, REFERENCE, BleuTokens.V13A);
        assertThat(score.matches()).containsExactly(6, 4, 2, 1);
        assertThat(score.totals()).containsExactly(7, 6, 5, 4);
        assertThat(score.brevityPenalty()).isCloseTo(Math.exp(1 - 8.0 / 7), within(1e-12));
        assertThat(score.score()).isCloseTo(100 * Math.exp(1 - 8.0 / 7) * Math.pow(6.0 / 7 * 4 / 6 * 2 / 5 * 1 / 4,
                0.25), within(1e-9));
    }

    @Test void evaluateHasTheSameNumberOnAnotherScaleAndNoSmoothing() {
        EvaluateBleu score = EvaluateBleu.corpus(PREDICTION, REFERENCE, BleuTokens.V13A::tokens, false);
        assertThat(100 * score.bleu()).isCloseTo(Bleu.corpus(PREDICTION, REFERENCE, BleuTokens.V13A).score(),
                within(1e-9));
        assertThat(EvaluateBleu.corpus(List.of("a b c"), List.of("a b c"), BleuTokens.V13A::tokens, false).bleu())
                .isZero();
        assertThat(EvaluateBleu.corpus(List.of(""), List.of("a"), BleuTokens.V13A::tokens, false).bleu()).isZero();
    }

    @Test void aShortPerfectSentenceScoresFully() {
        assertThat(Bleu.sentence("two words", List.of("two words"), BleuTokens.V13A).score())
                .isCloseTo(100, within(1e-9));
        assertThat(Bleu.corpus(List.of("two words"), List.of("two words"), BleuTokens.V13A).score()).isZero();
        assertThat(Bleu.sentence("", List.of("words"), BleuTokens.V13A).score()).isZero();
    }

    @Test void theReferenceClosestInLengthCounts() {
        Bleu score = Bleu.corpusOfMany(List.of("a b c d"), List.of(List.of("a b c d e f", "a b c", "a b c d e")),
                BleuTokens.NONE);
        assertThat(score.referenceLength()).isEqualTo(3);
    }

    @Test void tokenisersSplitAsSacrebleus() {
        assertThat(BleuTokens.V13A.tokens("It's 3.14, U.S.-made &quot;x&quot; 5-6"))
                .containsExactly("It's", "3.14", ",", "U", ".", "S", ".", "-made", "\"", "x", "\"", "5", "-", "6");
        assertThat(BleuTokens.ZH.tokens(" 学习率,lr=2e-4。")).containsExactly("学", "习", "率", ",", "lr", "=", "2e-4", "。");
        assertThat(BleuTokens.CHARACTERS.tokens("学 lr🙂")).containsExactly("学", "l", "r", "🙂");
        assertThat(BleuTokens.NONE.tokens(" a\u3000b.  ")).containsExactly("a", "b.");
    }

    @Test void llamaFactorysBleu4IsOnCharactersAndFarFromTheWordBleu() {
        // By hand: 4, 3, 2, 1 of 5, 4, 3, 2 n-grams match and nothing is short.
        double byHand = 100 * Math.pow(4.0 / 5 * 3 / 4 * 2 / 3 * 1 / 2, 0.25);
        assertThat(LlamaFactoryBleu4.corpus(List.of("学习率太大"), List.of("学习率太"))).isCloseTo(byHand, within(5e-5));
        // No trigram and no 4-gram of "ab": NLTK counts one of each that missed, 1/2 and 1/4 by method 3.
        assertThat(LlamaFactoryBleu4.corpus(List.of("ab"), List.of("ab")))
                .isCloseTo(100 * Math.pow(1.0 / 8, 0.25), within(5e-5));
        assertThat(LlamaFactoryBleu4.corpus(List.of("", "x"), List.of("x", ""))).isZero();
    }

    @Test void chrfNeedsNoTokens() {
        assertThat(Chrf.corpus(List.of("学习率"), List.of("学习率"))).isCloseTo(100, within(1e-9));
        assertThat(Chrf.corpus(List.of("abc"), List.of("xyz"))).isZero();
        assertThat(Chrf.plusPlus(List.of("(weave)"), List.of("weave"))).isBetween(50.0, 100.0);
    }
}
