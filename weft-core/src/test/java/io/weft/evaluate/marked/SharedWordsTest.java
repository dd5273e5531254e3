package io.weft.evaluate.marked;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SharedWordsTest {
    @Test void sharedWordsAreThoseOfTheLongestCommonSubsequence() {
        assertThat(SharedWords.of("set rank to 16 now", "set the rank: 8 now").stream()
                .filter(SharedWords.Piece::shared).map(SharedWords.Piece::text)).containsExactly("set rank", "now");
        assertThat(SharedWords.of("学习率 2e-4", "学习率是 2e-4").stream().map(piece -> piece.text() + piece.shared()))
                .containsExactly("学习率 2e-4true");
        assertThat(SharedWords.of("", "a")).isEmpty();
        assertThat(SharedWords.of("a", "").stream().map(piece -> piece.text() + piece.shared()))
                .containsExactly("afalse");
    }
}
