package io.weft.model;

import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Gpt2Test {
    private static final int[] IDS = {5, 90, 17, 17, 3, 44};
    @TempDir Path folder;

    @Test void aFileWithoutThePrefixAndWithItsMasksIsTheSameModel() {
        Scope.run(() -> {
            CausalLm model = tiny().initialise(3);
            Map<String, Tensor> hub = new LinkedHashMap<>();
            model.weights().forEach((name, weight) ->
                    hub.put(name.substring("transformer.".length()), weight.stored()));
            for (int layer = 0; layer < 2; layer++) {
                hub.put("h." + layer + ".attn.bias", Tensor.ones(1, 1, 128, 128));
                hub.put("h." + layer + ".attn.masked_bias", Tensor.ones(1));
            }
            SafeTensors.write(folder.resolve("model.safetensors"), hub);
            CausalLm read = tiny().load();
            assertThat(read.weights().keySet()).containsExactlyElementsOf(model.weights().keySet());
            assertThat(difference(logits(read), logits(model))).isZero();
            hub.put("h.0.attn.stray", Tensor.ones(1));
            SafeTensors.write(folder.resolve("model.safetensors"), hub);
            assertThatThrownBy(tiny()::load).hasMessageContaining("h.0.attn.stray");
        });
    }

    @Test void aMappedTransposedWeightIsTheResidentOne() {
        Scope.run(() -> {
            ModelFolder described = tiny();
            described.write(described.initialise(3), folder, DType.BF16);
            CausalLm mapped = tiny().load(WeightPlacement.MAPPED), resident = tiny().load();
            assertThat(mapped.linears().get("transformer.h.0.mlp.c_fc").weight().type()).isEqualTo(DType.BF16);
            assertThat(difference(logits(mapped), logits(resident))).isLessThan(1e-5);
        });
    }

    @Test void allLinearIsWhatPeftTakesItFor() {
        Scope.run(() -> {
            CausalLm model = tiny().initialise(3);
            assertThat(new TreeSet<>(new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).targets(model).stream()
                    .map(linear -> linear.lastName()).toList())).containsExactly("c_attn", "c_fc", "c_proj");
            assertThat(model.linears().get("transformer.h.1.mlp.c_fc")).satisfies(linear -> {
                assertThat(linear.inputs()).isEqualTo(32);
                assertThat(linear.outputs()).isEqualTo(128);
                assertThat(linear.weight().shape()).containsExactly(32, 128);
            });
        });
    }

    @Test void aPositionThatWasNeverLearnedIsAnError() {
        Scope.run(() -> {
            CausalLm model = tiny().initialise(3);
            assertThatThrownBy(() -> model.hidden(new int[129], Pass.single(129)))
                    .hasMessageContaining("position 128").hasMessageContaining("learned 128");
        });
    }

    private ModelFolder tiny() { return TinyModels.folder("gpt2", folder); }

    private static Tensor logits(CausalLm model) {
        return model.logits(model.hidden(IDS, Pass.single(IDS.length)));
    }

    private static double difference(Tensor a, Tensor b) { return Scope.value(() -> a.sub(b).abs().max().item()); }
}
