package io.weft.metric;

import io.weft.problem.Language;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AnswersTest {
    @Test void exactMatchesDistinguishStrictFromNormalised() {
        ExactMatch match = ExactMatch.of(List.of("rank: 8", " rank: 8\n", "Rank:  ８。", "rank 8", "rank: 0.8"),
                List.of("rank: 8", "rank: 8", "rank: 8", "rank: 8", "rank: 08"));
        assertThat(match.strictMatches()).isEqualTo(2);
        assertThat(match.normalisedMatches()).isEqualTo(3);
        assertThat(match.strict()).isCloseTo(0.4, within(1e-12));
        assertThat(ExactMatch.of(List.of(), List.of()).normalised()).isZero();
    }

    @Test void fiftyDistinctAnswersAreLabelsAndOneMoreIsFreeText() {
        List<String> fifty = IntStream.range(0, 200).mapToObj(i -> "label " + i % 50 + " ").toList();
        assertThat(LabelSet.of(fifty).orElseThrow().labels()).hasSize(50).contains("label 0");
        assertThat(LabelSet.of(IntStream.range(0, 51).mapToObj(Integer::toString).toList())).isEmpty();
        assertThat(LabelSet.of(List.of())).isEmpty();
        assertThat(LabelSet.of(List.of("positive", "标".repeat(100)))).isPresent();
        assertThat(LabelSet.of(List.of("positive", "x".repeat(101)))).isEmpty();
    }

    @Test void ramblingIsAMissAndNotALabel() {
        List<String> expected = List.of("yes", "yes", "no", "no");
        List<String> predicted = List.of("yes ", "I think yes", "no", "yes");
        Classification score = LabelSet.of(expected).orElseThrow().score(predicted, expected);
        assertThat(score.labels().keySet()).containsExactly("no", "yes");
        assertThat(score.unknown()).isEqualTo(1);
        assertThat(score.accuracy()).isEqualTo(0.5);
        assertThat(score.labels().get("yes")).isEqualTo(new Classification.Label(PrecisionRecall.of(1, 2, 2), 2));
        assertThat(score.macro().precision()).isEqualTo(0.75);
        assertThat(score.micro()).isEqualTo(PrecisionRecall.of(2, 3, 4));
    }

    @Test void labelsNeverPredictedScoreZeroAndWeighAsMuchAsTheirRows() {
        Classification score = Classification.of(List.of("a", "a", "a", "a"), List.of("a", "a", "a", "b"));
        assertThat(score.labels().get("b").score()).isEqualTo(PrecisionRecall.NOTHING);
        assertThat(score.macro().recall()).isEqualTo(0.5);
        assertThat(score.weighted().recall()).isEqualTo(0.75);
        assertThat(score.weighted().precision()).isCloseTo(0.75 * 0.75, within(1e-12));
    }

    @Test void theReferencesChooseTheTokensAndTheLabelSaysWhich() {
        assertThat(CorpusTokens.of(List.of("Lower the learning rate.", "Café naïve")))
                .isEqualTo(new CorpusTokens(RougeTokens.ENGLISH, BleuTokens.V13A));
        assertThat(CorpusTokens.of(List.of("把学习率调低"))).isEqualTo(new CorpusTokens(RougeTokens.CHINESE, BleuTokens.ZH));
        assertThat(CorpusTokens.of(List.of("把学习率调低到 0.0002",
                "Lower the learning rate to 0.0002, please, and warm up for a hundred steps"))).isEqualTo(
                new CorpusTokens(RougeTokens.CHINESE, BleuTokens.ZH));
        assertThat(CorpusTokens.of(List.of("Снизь скорость обучения")))
                .isEqualTo(new CorpusTokens(RougeTokens.UNICODE, BleuTokens.V13A));
        assertThat(CorpusTokens.of(List.of("がくしゅうりつをさげる")))
                .isEqualTo(new CorpusTokens(RougeTokens.UNICODE, BleuTokens.CHARACTERS));
        assertThat(CorpusTokens.of(List.of("42", "")))
                .isEqualTo(new CorpusTokens(RougeTokens.ENGLISH, BleuTokens.V13A));
        assertThat(CorpusTokens.of(List.of("把学习率调低")).label()).contains("one token per ideograph")
                .contains("sacrebleu zh");
    }

    @Test void aReaderIsToldTheTokensInChineseAndAFileInOneLanguage() {
        Language before = Language.current();
        try {
            Language.use(Language.CHINESE);
            assertThat(CorpusTokens.of(List.of("把学习率调低")).label()).contains("汉字单字").doesNotContain("ideograph");
            assertThat(RougeTokens.CHINESE.label()).isEqualTo("one token per ideograph, rouge_score words");
        } finally {
            Language.use(before);
        }
    }
}
