package io.weft.problem;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SpellingTest {
    @Test
    void aWordIsGuessedFromNearbyOnesOnly() {
        assertThat(Spelling.distance("rnak", "rank")).isEqualTo(1);
        assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Spelling.nearest("warmup_step", List.of("steps", "warmupSteps"))).contains("warmupSteps");
        assertThat(Spelling.nearest("preset", List.of("model", "train"))).isEmpty();
    }
}
