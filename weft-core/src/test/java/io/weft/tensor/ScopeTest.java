package io.weft.tensor;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ScopeTest {
    @Test void whatIsKeptLivesAndTheRestDies() {
        Scope.run(() -> {
            Tensor[] lost = new Tensor[1];
            Tensor kept = Scope.keep(() -> {
                lost[0] = Tensor.ones(3);
                return lost[0].mul(2);
            });
            assertThat(kept.toFloats()).containsExactly(2, 2, 2);
            assertThatThrownBy(() -> lost[0].mul(2)).hasMessageContaining("freed");
        });
    }

    @Test void anOwnerKeepsPastTheScopesInside() {
        Scope.run(() -> {
            Scope.Owner owner = Scope.owner();
            Tensor[] made = new Tensor[1];
            Scope.run(() -> made[0] = owner.keep(() -> Tensor.ones(2).add(Tensor.ones(2))));
            assertThat(made[0].toFloats()).containsExactly(2, 2);
        });
    }

    @Test void nothingIsLeft() {
        Scope.run(() -> Tensor.ones(2).add(Tensor.ones(2)));
        long before = Scope.live();
        for (int i = 0; i < 200; i++) {
            Scope.run(() -> Tensor.ones(2).add(Tensor.ones(2)).toFloats());
        }
        assertThat(Scope.live()).isEqualTo(before);
    }

    @Test void anErrorNamesTheOperationAndTheShapes() {
        Scope.run(() -> assertThatThrownBy(() -> Tensor.linear(Tensor.ones(2, 3), Tensor.ones(4, 5), null))
                .isInstanceOf(TensorException.class).hasMessageContaining("linear[F32[2, 3], F32[4, 5]]"));
    }
}
