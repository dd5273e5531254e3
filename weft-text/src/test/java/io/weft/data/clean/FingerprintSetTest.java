package io.weft.data.clean;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FingerprintSetTest {
    @Test void numbersAreGivenInTheOrderOfTheFirstTime() {
        var set = new FingerprintSet();
        List<Long> seen = new ArrayList<>();
        var random = new Random(1);
        for (int i = 0; i < 5000; i++) {
            // few values, many with the same low bits
            long fingerprint = random.nextInt(2000) * (1L << 40) + random.nextInt(2);
            int expected = seen.contains(fingerprint) ? seen.indexOf(fingerprint) : seen.size();
            assertThat(set.contains(fingerprint)).isEqualTo(expected < seen.size());
            assertThat(set.add(fingerprint)).isEqualTo(expected);
            if (expected == seen.size()) {
                seen.add(fingerprint);
            }
        }
        assertThat(set.size()).isEqualTo(seen.size());
    }
}
