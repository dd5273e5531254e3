package io.weft.metric;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RougeTest {
    @Test void countsSharedWordsPairsAndTheLongestCommonSubsequence() {
        // 4 of 5 predicted and of 4 expected words; pairs "weft over" and "over the"; "the weft" is out of order.
        Rouge score = Rouge.of("weft over the warp the", "the weft over the", RougeTokens.ENGLISH);
        assertThat(score.rouge1()).isEqualTo(new PrecisionRecall(0.8, 1, 2 * 0.8 / 1.8));
        assertThat(score.rouge2()).isEqualTo(PrecisionRecall.of(2, 4, 3));
        assertThat(score.rougeL()).isEqualTo(PrecisionRecall.of(3, 5, 4));
    }

    @Test void linesInAnotherOrderCostRougeLButNotRougeLsum() {
        Rouge score = Rouge.of("cut the cloth\nweave the weft", "weave the weft\ncut the cloth", RougeTokens.ENGLISH);
        assertThat(score.rougeL().f1()).isCloseTo(0.5, within(1e-12));
        assertThat(score.rougeLsum().f1()).isEqualTo(1);
    }

    @Test void chineseCountsOnIdeographsWhereTheEnglishRuleSeesNothing() {
        assertThat(RougeTokens.CHINESE.tokens("学习率=2e-4,梯度〇")).containsExactly("学", "习", "率", "2e", "4", "梯", "度", "〇");
        assertThat(Rouge.of("学习率", "学习率", RougeTokens.ENGLISH).rouge1()).isEqualTo(PrecisionRecall.NOTHING);
        assertThat(Rouge.of("学习率太大", "学习率", RougeTokens.CHINESE).rouge1()).isEqualTo(PrecisionRecall.of(3, 5, 3));
    }

    @Test void otherScriptsAreCutIntoWordsOrCharacters() {
        assertThat(RougeTokens.UNICODE.tokens("Скорость обучения, naïve"))
                .containsExactly("скорость", "обучения", "naïve");
        assertThat(RougeTokens.UNICODE.tokens("学習する GPU")).containsExactly("学", "習", "す", "る", "gpu");
    }

    @Test void emptySidesScoreNothing() {
        assertThat(Rouge.of("", "words", RougeTokens.ENGLISH)).isEqualTo(Rouge.of("words", "", RougeTokens.ENGLISH));
        assertThat(Rouge.corpus(List.of(), List.of(), RougeTokens.ENGLISH).rougeL()).isEqualTo(PrecisionRecall.NOTHING);
    }

    @Test void unequalListsAreRefused() {
        assertThatThrownBy(() -> Rouge.corpus(List.of("a"), List.of(), RougeTokens.ENGLISH))
                .hasMessageContaining("1 predictions but 0 references");
    }

    @Test void stemsBringFormsOfAWordTogether() {
        assertThat(RougeTokens.ENGLISH_STEMMED.tokens("Weaving weaves woven, hopping! dies skies news fairly"))
                .containsExactly("weav", "weav", "woven", "hop", "die", "sky", "news", "fairli");
        assertThat(PorterStemmer.stem("generalizations")).isEqualTo("gener");
        assertThat(PorterStemmer.stem("geology")).isEqualTo("geolog");
        assertThat(PorterStemmer.stem("enjoy")).isEqualTo("enjoy");
        assertThat(PorterStemmer.stem("yyyy")).isEqualTo("yyyi");
    }
}
