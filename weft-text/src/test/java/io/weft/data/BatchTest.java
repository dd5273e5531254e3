package io.weft.data;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BatchTest {
    @Test void targetsAreShiftedWithinADocumentAndNeverAcross() {
        var first = new Example(new int[] {1, 2, 3, 4}, new boolean[] {false, false, true, true});
        var second = new Example(new int[] {7, 8, 9}, new boolean[] {true, false, true});
        Batch batch = Batch.of(List.of(first, second));
        assertThat(batch.ids()).containsExactly(1, 2, 3, 4, 7, 8, 9);
        assertThat(batch.targets()).containsExactly(-1, 3, 4, -1, -1, 9, -1);
        assertThat(batch.positions()).containsExactly(0, 1, 2, 3, 0, 1, 2);
        assertThat(batch.starts()).containsExactly(0, 4, 7);
        assertThat(batch.trainedTokens()).isEqualTo(3).isEqualTo(first.trainedTokens() + second.trainedTokens());
    }

    @Test void anExampleWithNothingToTrainOnIsRefused() {
        assertThatThrownBy(() -> new Example(new int[] {1, 2}, new boolean[] {true, false}))
                .hasMessageContaining("nothing to train on");
        assertThatThrownBy(() -> new Example(new int[] {1, 2}, new boolean[] {true}))
                .hasMessageContaining("2 ids but 1 flags");
    }
}
