package io.weft.objective;

import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BlockWalkTest {
    private static final Example A = TinyModels.example(9, 3), B = TinyModels.example(5, 1),
            C = TinyModels.example(14, 6);

    @Test void gradientsAgreeWithFiniteDifferences() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            new Lora(2, 4, 0, List.of("q_proj", "down_proj")).attach(model, 3);
            model.tuned()
                    .forEach((name, tensor) -> tensor.copyFrom(io.weft.tensor.RandomStream.of(name.hashCode())
                    .normal(0.1, tensor.shape())));
            BlockWalk walk = new BlockWalk(model);
            Batch batch = Batch.of(List.of(A, C));
            walk.forwardBackward(batch, new Sft(), 1);
            for (Map.Entry<String, Tensor> entry : model.tuned().entrySet()) {
                float[] values = entry.getValue().toFloats(), gradient = entry.getValue().gradient().toFloats();
                int at = values.length / 2;
                double step = 1e-2;
                double slope = (loss(walk, batch, entry.getValue(), values, at, step)
                        - loss(walk, batch, entry.getValue(), values, at, -step)) / (2 * step);
                entry.getValue().copyFrom(Tensor.of(values, entry.getValue().shape()));
                assertThat(slope).as(entry.getKey()).isCloseTo(gradient[at],
                        within(2e-2 + 0.02 * Math.abs(gradient[at])));
            }
        });
    }

    @Test void whatIsNotTrainedHasNoEffectAndNothingBelowIsComputed() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            new Lora(2, 4, 0, List.of("model.layers.1.mlp.up_proj")).attach(model, 3);
            BlockWalk walk = new BlockWalk(model);
            int[] ids = A.ids().clone();
            walk.forwardBackward(Batch.of(List.of(A)), new Sft(), 1);
            double loss = walk.loss(Batch.of(List.of(A)), new Sft()).total();
            ids[ids.length - 1] = A.trained()[ids.length - 1] ? ids[ids.length - 1] : ids[ids.length - 1] + 1;
            assertThat(walk.loss(Batch.of(List.of(new Example(ids, A.trained()))), new Sft()).total())
                    .isEqualTo(loss);
            assertThat(model.tuned()).hasSize(2).allSatisfy((name, tensor) -> assertThat(tensor.gradient())
                    .isNotNull());
            assertThat(model.weights().values()).allSatisfy(weight -> assertThat(weight.stored().gradient()).isNull());
        });
    }

    @ParameterizedTest @ValueSource(strings = {"qwen3", "gemma2", "mixtral"})
    void aPassLeavesNoNativeObjectBehind(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            new Lora(2, 4, 0.1, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
            BlockWalk walk = new BlockWalk(model);
            Batch batch = Batch.of(List.of(A, B, C));
            walk.forwardBackward(batch, new Sft(), 1);
            long before = Scope.live();
            for (int i = 0; i < 20; i++) {
                walk.forwardBackward(batch, new Sft(), count -> 1, Dropout.of(1, i));
            }
            assertThat(Scope.live()).isEqualTo(before);
        });
    }

    private static double loss(BlockWalk walk, Batch batch, Tensor parameter, float[] values, int at, double step) {
        float[] moved = values.clone();
        moved[at] += (float) step;
        parameter.copyFrom(Tensor.of(moved, parameter.shape()));
        return walk.loss(batch, new Sft()).total();
    }

    @Test void accumulatingChangesNothing() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            new Full().attach(model, 1);
            BlockWalk walk = new BlockWalk(model);
            double whole = walk.forwardBackward(Batch.of(List.of(A, B, C)), new Sft(), 0.5).total();
            double norm = model.embedding().stored().gradient().norm();
            model.tuned().values().forEach(Tensor::clearGradient);
            double parts = walk.forwardBackward(Batch.of(List.of(A)), new Sft(), 0.5).total()
                    + walk.forwardBackward(Batch.of(List.of(B, C)), new Sft(), 0.5).total();
            assertThat(parts).isCloseTo(whole, within(1e-4));
            assertThat(model.embedding().stored().gradient().norm()).isCloseTo(norm, within(1e-5 * norm));
        });
    }
}
