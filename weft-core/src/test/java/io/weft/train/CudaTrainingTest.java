package io.weft.train;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.objective.BlockWalk;
import io.weft.objective.Sft;
import io.weft.tensor.Device;
import io.weft.tensor.NeedsCuda;
import io.weft.tensor.Scope;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The same model, rows and dropout masks on a GPU give the losses of the CPU. */
class CudaTrainingTest {
    private static final int STEPS = 3;

    @NeedsCuda @ParameterizedTest @ValueSource(strings = {"llama", "gpt2", "gemma2", "mixtral", "chatglm"})
    void lossesOfStepsAreThoseOfTheCpu(String family) {
        List<Double> here = losses(family, Device.CPU), there = losses(family, Device.cuda(0));
        for (int i = 0; i <= STEPS; i++) {
            assertThat(there.get(i)).as("after %d steps", i).isCloseTo(here.get(i), within(1e-4));
        }
    }

    /** Before the first step, and after each. */
    private static List<Double> losses(String family, Device device) {
        return Device.value(device, () -> Scope.value(() -> {
            CausalLm model = TinyModels.of(family);
            new Lora(2, 4, 0.1, List.of(TargetNames.ALL_LINEAR)).attach(model, 5);
            assertThat(model.tuned().values()).allSatisfy(tensor -> assertThat(tensor.device()).isEqualTo(device));
            Batch batch = Batch.of(List.of(TinyModels.example(9, 3), TinyModels.example(14, 6)));
            Optimizer optimizer = new AdamW(model.tuned(), 0.01);
            BlockWalk walk = new BlockWalk(model);
            List<Double> losses = new ArrayList<>(List.of(walk.loss(batch, new Sft()).mean()));
            for (int i = 0; i < STEPS; i++) {
                walk.forwardBackward(batch, new Sft(), count -> 1, Dropout.of(5, i));
                optimizer.step(1e-3, 1.0 / 9, 1);
                losses.add(walk.loss(batch, new Sft()).mean());
            }
            return losses;
        }));
    }
}
