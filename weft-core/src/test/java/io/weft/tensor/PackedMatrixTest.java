package io.weft.tensor;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PackedMatrixTest {
    @Test void aRowsProductIsThatOfThePlainMatrixAndDependsOnThatRowAlone() {
        Scope.run(() -> {
            Tensor matrix = RandomStream.of(1).normal(1, 96, 64).to(DType.BF16),
                    x = RandomStream.of(2).normal(1, 20, 64).to(DType.BF16);
            Optional<PackedMatrix> packed = PackedMatrix.of(matrix);
            Assumptions.assumeTrue(packed.isPresent(), "this CPU multiplies no packed bf16");
            float[] all = packed.get().product(x).toFloats();
            double worst = Tensor.linear(x.to(DType.F32), matrix.to(DType.F32), null)
                    .sub(packed.get().product(x).to(DType.F32)).abs().max().item();
            assertThat(worst).as("rounded to bf16 once").isLessThan(0.2);
            for (int rows : new int[] {1, 2, 3, 8, 17}) {
                float[] some = packed.get().product(x.narrow(0, 0, rows)).toFloats();
                assertThat(some).isEqualTo(java.util.Arrays.copyOf(all, some.length));
            }
            long before = Scope.live();
            Scope.run(() -> packed.get().product(x));
            assertThat(Scope.live()).isEqualTo(before);
            assertThatThrownBy(() -> packed.get().product(x.narrow(1, 0, 32))).isInstanceOf(TensorException.class);
        });
    }

    @Test void whatIsNotBf16IsNotPacked() {
        Scope.run(() -> assertThat(PackedMatrix.of(Tensor.ones(4, 4))).isEmpty());
    }
}
