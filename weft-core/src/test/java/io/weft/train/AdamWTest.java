package io.weft.train;

import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AdamWTest {
    private static final int SIZE = 200;
    @TempDir Path folder;

    @Test void biasesAndNormsDoNotDecay() {
        for (String name : new String[] {"model.layers.0.input_layernorm.weight", "model.norm.weight",
                "model.layers.0.self_attn.q_norm.weight", "transformer.h.0.attn.c_attn.bias",
                "transformer.h.0.ln_1.weight", "transformer.ln_f.weight", "transformer.ln_f.bias",
                "model.layers.0.post_feedforward_layernorm.weight"}) {
            assertThat(AdamW.decays(name)).as(name).isFalse();
        }
        for (String name : new String[] {"transformer.h.0.attn.c_attn.weight", "transformer.wpe.weight",
                "lm_head.weight", "model.layers.0.block_sparse_moe.gate.weight",
                "model.layers.0.mlp.gate_proj.lora_A.weight"}) {
            assertThat(AdamW.decays(name)).as(name).isTrue();
        }
    }

    @Test void aNarrowParameterFollowsTheWideOneWithinItsRounding() {
        Scope.run(() -> {
            Tensor wide = start(), narrow = start().to(DType.BF16), lone = start().to(DType.BF16);
            float[] before = narrow.toFloats();
            Optimizer forWide = optimizer(wide), forNarrow = optimizer(narrow);
            steps(forWide, wide, 300);
            steps(forNarrow, narrow, 300);
            float[] expected = wide.toFloats(), found = narrow.toFloats();
            double moved = 0;
            for (int i = 0; i < SIZE; i++) {
                // half a unit in the last of 8 places, and what the gradient at a rounded place differs by
                assertThat(found[i]).isCloseTo(expected[i], within(Math.abs(expected[i]) / 256 + 4e-3f));
                moved = Math.max(moved, Math.abs(found[i] - before[i]));
            }
            assertThat(moved).isGreaterThan(0.05);
            assertThat(narrow.type()).isEqualTo(DType.BF16);
            // The same steps straight on a narrow parameter: each is below its rounding where the values are large.
            for (int i = 0; i < 300; i++) {
                NoGrad.run(() -> lone.addInPlace(-1e-3));
            }
            float[] stuck = lone.toFloats();
            assertThat(java.util.stream.IntStream.range(0, SIZE).filter(i -> Math.abs(before[i]) > 0.6)
                    .mapToDouble(i -> stuck[i] - before[i])).containsOnly(0.0);
        });
    }

    @Test void itGoesOnBitForBitFromItsSavedState() {
        Scope.run(() -> {
            for (DType type : new DType[] {DType.F32, DType.BF16}) {
                Tensor whole = start().to(type);
                Optimizer first = optimizer(whole);
                steps(first, whole, 30);
                Path file = folder.resolve(type + ".safetensors");
                SafeTensors.write(file, first.state());
                Tensor resumed = whole.detach().copy();
                Optimizer second = optimizer(resumed);
                second.restore(SafeTensors.open(file).readAll(), first.steps());
                steps(first, whole, 30);
                steps(second, resumed, 30);
                assertThat(resumed.toFloats()).containsExactly(whole.toFloats());
                assertThat(second.steps()).isEqualTo(60);
                first.state().forEach((name, tensor) -> assertThat(second.state().get(name).toFloats()).as(name)
                        .containsExactly(tensor.toFloats()));
                assertThat(first.state()).hasSize(type == DType.F32 ? 2 : 3);
            }
        });
    }

    @Test void aStateOfOtherParametersIsRefused() {
        Scope.run(() -> assertThatThrownBy(() -> optimizer(start().to(DType.BF16)).restore(Map.of("w.exp_avg", start(),
                "w.exp_avg_sq", start()), 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w.master"));
    }

    private static Tensor start() { return RandomStream.of(3).normal(1, SIZE); }

    private static Optimizer optimizer(Tensor parameter) {
        return new AdamW(Map.of("w", parameter.trainable(true)), 0.01);
    }

    /** Towards the minimum of half the squared distance to another point. */
    private static void steps(Optimizer optimizer, Tensor parameter, int count) {
        Tensor goal = RandomStream.of(4).normal(1, SIZE).to(parameter.type());
        for (int i = 0; i < count; i++) {
            Scope.run(() -> parameter.mul(1).backward(parameter.detach().sub(goal)));
            optimizer.step(1e-3, 1, 0);
        }
    }
}
