package io.weft.tensor;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RandomStreamTest {
    @Test void masksDropWhatTheyShouldAndKeepTheMean() {
        Scope.run(() -> {
            float[] mask = RandomStream.of(1, 2, 3).dropoutMask(0.1, 1000, 1003).toFloats();
            double dropped = 0, sum = 0, together = 0;
            for (int i = 0; i < mask.length; i++) {
                dropped += mask[i] == 0 ? 1 : 0;
                sum += mask[i];
                together += i > 0 && mask[i] == 0 && mask[i - 1] == 0 ? 1 : 0;
            }
            assertThat(dropped / mask.length).isCloseTo(0.1, within(0.001));
            assertThat(sum / mask.length).isCloseTo(0.9, within(0.001));
            assertThat(together / mask.length).as("neighbours are independent").isCloseTo(0.01, within(0.0005));
        });
    }

    @Test void aMaskIsWhatEach16BitsOfADrawSay() {
        RandomStream stream = RandomStream.of(4, 5);
        for (double probability : new double[] {0, 1e-5, 0.1, 0.4999, 0.5, 0.50001, 0.9, 0.99999, 1}) {
            Scope.run(() -> {
                int[] mask = stream.dropoutMask(probability, 70_003).toInts();
                long threshold = Math.round(probability * 65536);
                for (int i = 0; i < mask.length; i++) {
                    long drawn = stream.bits(i / 4) >>> 16 * (i % 4) & 0xffff;
                    if (mask[i] != (drawn < threshold ? 0 : 1)) {
                        throw new AssertionError("element " + i + " at " + probability + " is " + mask[i]);
                    }
                }
            });
        }
    }

    @Test void aStreamIsAFunctionOfItsPath() {
        Scope.run(() -> {
            assertThat(RandomStream.of(1, 2).uniform(0, 1, 100_000).toFloats())
                    .isEqualTo(RandomStream.of(1, 2).uniform(0, 1, 100_000).toFloats());
            assertThat(RandomStream.of(1, 2).uniform(0, 1, 10).toFloats())
                    .isNotEqualTo(RandomStream.of(2, 1).uniform(0, 1, 10).toFloats());
        });
    }

    @Test void normalValuesHaveTheirMeanAndDeviation() {
        Scope.run(() -> {
            Tensor values = RandomStream.of(9).normal(0.02, 100_000);
            assertThat(values.sum().item() / 100_000).isCloseTo(0, within(0.0003));
            assertThat(Math.sqrt(values.square().sum().item() / 100_000)).isCloseTo(0.02, within(0.0003));
        });
    }
}
