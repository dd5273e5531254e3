package io.weft.tune;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.nn.quant.Nf4Quantiser;
import io.weft.nn.quant.Nf4Weight;
import io.weft.objective.BlockWalk;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.train.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every adapter promises on a base in NF4: that it learns there as on the same values in fp32. */
class QuantisedTuningTest {
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 5), TinyModels.example(6, 3)));
    private static final int[] IDS = TinyModels.example(8, 4).ids();
    @TempDir Path folder;

    static Stream<Arguments> adapters() {
        return TuningVariants.all().stream().filter(Tuning::isAdapter).flatMap(tuning -> Stream.of("llama", "gpt2")
                .filter(family -> Scope.value(() -> tuning.misfits(TinyModels.of(family)).isEmpty()))
                .map(family -> Arguments.of(tuning, family)));
    }

    @ParameterizedTest @MethodSource("adapters")
    void itLearnsAsOnTheSameValuesInFp32(Tuning tuning, String family) {
        ModelFolder base = TinyModels.folder(family, folder.resolve("config"));
        Scope.run(() -> base.write(TinyModels.of(family), made("base"), DType.F32));
        ModelFolder stored = ModelFolder.open(folder.resolve("base"));
        Scope.run(() -> {
            CausalLm quantised = stored.load(WeightLoading.of(WeightPlacement.RESIDENT)
                    .with(weight -> new Nf4Quantiser(32, true).of(weight)));
            assertThat(quantised.linears().values()).extracting(Linear::weight)
                    .hasOnlyElementsOfType(Nf4Weight.class);
            stored.write(quantised, made("same"), DType.F32);
            CausalLm same = ModelFolder.open(folder.resolve("same")).load();
            assertThat(quantised.weightCount()).isEqualTo(same.weightCount());
            float[] untuned = logits(quantised, Adapters.DEFAULT);
            Map<String, float[]> packed = packed(quantised);
            tuning.attach(quantised, 5);
            tuning.attach(same, 5);
            for (CausalLm model : List.of(quantised, same)) {
                model.tuned().forEach((name, tensor) -> tensor.copyFrom(tensor.detach()
                        .add(RandomStream.of(name.hashCode()).normal(0.02, tensor.shape()))));
            }
            for (Recompute recompute : List.of(Recompute.ALWAYS, Recompute.NEVER)) {
                Map<String, float[]> found = gradients(quantised, recompute),
                        expected = gradients(same, Recompute.NEVER);
                found.forEach((name, gradient) -> assertThat(largestDifference(gradient, expected.get(name)))
                        .as(name).isLessThan(2e-4));
            }
            AdamW optimizer = new AdamW(quantised.tuned(), 0);
            optimizer.clearGradients();
            double first = new BlockWalk(quantised).loss(BATCH, new Sft()).mean();
            for (int i = 0; i < 8; i++) {
                new BlockWalk(quantised).forwardBackward(BATCH, new Sft(), 1);
                optimizer.step(5e-3, 0.125, 1);
            }
            assertThat(new BlockWalk(quantised).loss(BATCH, new Sft()).mean()).isLessThan(first);
            assertThat(largestDifference(logits(quantised, Adapters.NONE), untuned)).as("without tuning")
                    .isLessThan(1e-5);
            packed(quantised).forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(packed.get(name)));
        });
    }

    private static double largestDifference(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(found[i] - expected[i]));
        }
        return largest;
    }

    private Path made(String name) {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, float[]> packed(CausalLm model) {
        Map<String, float[]> packed = new TreeMap<>();
        model.linears().forEach((name, linear) ->
                packed.put(name, ((Nf4Weight) linear.weight()).packed().toFloats()));
        return packed;
    }

    private static Map<String, float[]> gradients(CausalLm model, Recompute recompute) {
        model.tuned().values().forEach(Tensor::clearGradient);
        new BlockWalk(model, recompute).forwardBackward(BATCH, new Sft(), 0.1);
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> gradients.put(name, tensor.gradientOrZeros().toFloats()));
        return gradients;
    }

    private static float[] logits(CausalLm model, Adapters adapters) {
        Pass pass = Pass.single(IDS.length).with(adapters);
        return Scope.value(() -> model.logits(model.hidden(IDS, pass), pass).toFloats());
    }
}
