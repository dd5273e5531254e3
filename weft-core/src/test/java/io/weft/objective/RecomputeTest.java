package io.weft.objective;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Lora;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Computing activations again, and holding weights in their files, change memory and not results. */
class RecomputeTest {
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 3), TinyModels.example(14, 6)));
    private static final Lora LORA = new Lora(2, 4, 0.3, List.of("q_proj", "down_proj"));
    @TempDir Path folder;

    @Test void computingAgainGivesTheSameBitsWithDropout() {
        Scope.run(() -> {
            Result kept = result(attached(TinyModels.of("llama")), Recompute.NEVER),
                    again = result(attached(TinyModels.of("llama")), Recompute.ALWAYS);
            assertThat(again.loss()).isEqualTo(kept.loss());
            assertThat(again.gradients()).isNotEmpty();
            again.gradients().forEach((name, gradient) -> assertThat(gradient).as(name)
                    .isEqualTo(kept.gradients().get(name)));
        });
    }

    @Test void mappedNarrowWeightsGiveTheResultsOfResidentOnes() {
        Scope.run(() -> {
            ModelFolder stored = TinyModels.folder("llama", folder);
            stored.write(stored.initialise(11), made("bf16"), DType.BF16);
            ModelFolder narrow = ModelFolder.open(folder.resolve("bf16"));
            CausalLm mapped = narrow.load(WeightPlacement.MAPPED);
            assertThat(mapped.isUpcast()).isTrue();
            assertThat(mapped.weights().get("model.embed_tokens.weight").type()).isEqualTo(DType.BF16);
            assertThat(mapped.weights().get("model.norm.weight").type()).isEqualTo(DType.F32);
            Result expected = result(attached(narrow.load(WeightPlacement.RESIDENT)), Recompute.NEVER),
                    found = result(attached(mapped), Recompute.AUTO);
            assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-5));
            found.gradients().forEach((name, gradient) -> {
                float[] wanted = expected.gradients().get(name);
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(gradient[i]).as(name).isCloseTo(wanted[i], within(1e-5f));
                }
            });
        });
    }

    @Test void mappedWideWeightsAreUsedWhereTheyLie() {
        Scope.run(() -> {
            ModelFolder stored = TinyModels.folder("llama", folder);
            stored.write(stored.initialise(11), made("fp32"), DType.F32);
            CausalLm mapped = ModelFolder.open(folder.resolve("fp32")).load(WeightPlacement.MAPPED);
            assertThat(mapped.isUpcast()).isFalse();
            assertThat(result(attached(mapped), Recompute.AUTO).loss())
                    .isEqualTo(result(attached(stored.initialise(11)), Recompute.AUTO).loss());
        });
    }

    private Path made(String name) {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Result(double loss, Map<String, float[]> gradients) {}

    private static CausalLm attached(CausalLm model) {
        LORA.attach(model, 3);
        model.tuned()
                .forEach((name, tensor) -> tensor.copyFrom(io.weft.tensor.RandomStream.of(name.hashCode())
                .normal(0.1, tensor.shape())));
        return model;
    }

    private static Result result(CausalLm model, Recompute recompute) {
        double loss = new BlockWalk(model, recompute)
                .forwardBackward(BATCH, new Sft(), count -> 1, Dropout.of(5, 7)).total();
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> gradients.put(name, tensor.gradient().toFloats()));
        return new Result(loss, gradients);
    }
}
