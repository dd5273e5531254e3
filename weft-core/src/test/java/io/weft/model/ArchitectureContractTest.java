package io.weft.model;

import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What every family must do, whatever its numbers are. */
class ArchitectureContractTest {
    // So many trained tokens that each of a mixture's experts sees some in the last block, too.
    private static final Example A = TinyModels.example(9, 7), B = TinyModels.example(5, 3),
            C = TinyModels.example(14, 12);
    private static final Lora LORA = new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR));
    @TempDir Path folder;

    static List<String> families() { return TinyModels.families(); }

    @ParameterizedTest @MethodSource("families")
    void cachedDecodingEqualsTheFullPass(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            int[][] rows = {A.ids(), C.ids()};
            int[] read = {4, 9}; // how much of each row is read at once; the rest follows token by token
            KeyValueCache cache = model.cache(2);
            List<KeyValueCache.Row> both = cache.open(2);
            Tensor hidden = model.hidden(concat(Arrays.copyOf(A.ids(), 4), Arrays.copyOf(C.ids(), 9)),
                    cache.next(both, read));
            Tensor[] full = {hidden(model, A.ids()), hidden(model, C.ids())};
            close(hidden.narrow(0, 0, 4), full[0].narrow(0, 0, 4));
            close(hidden.narrow(0, 4, 9), full[1].narrow(0, 0, 9));
            for (int step = 0; step < 5; step++) {
                Tensor next = model.hidden(new int[] {rows[0][4 + step], rows[1][9 + step]},
                        cache.next(both, 1, 1));
                close(next.narrow(0, 0, 1), full[0].narrow(0, 4 + step, 1));
                close(next.narrow(0, 1, 1), full[1].narrow(0, 9 + step, 1));
            }
        });
    }

    @ParameterizedTest @MethodSource("families")
    void documentsTogetherGiveTheLossAndGradientsOfDocumentsApartAndReachEveryWeight(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            new Full().attach(model, 1);
            BlockWalk walk = new BlockWalk(model);
            LossSum together = walk.forwardBackward(Batch.of(List.of(A, B, C)), new Sft(), 1);
            Map<String, float[]> expected = gradients(model);
            assertThat(expected.keySet()).containsExactlyElementsOf(new TreeMap<>(model.weights()).keySet());
            model.tuned().values().forEach(Tensor::clearGradient);
            LossSum apart = LossSum.ZERO;
            for (Example document : List.of(A, B, C)) {
                apart = apart.plus(walk.forwardBackward(Batch.of(List.of(document)), new Sft(), 1));
            }
            assertThat(together.count()).isEqualTo(apart.count()).isEqualTo(Batch.of(List.of(A, B, C)).trainedTokens());
            assertThat(together.total()).isCloseTo(apart.total(), within(1e-4));
            gradients(model).forEach((name, gradient) -> {
                assertThat(largest(gradient)).as(name).isPositive();
                assertThat(distance(gradient, expected.get(name))).as(name).isLessThan(1e-4);
            });
        });
    }

    @ParameterizedTest @MethodSource("families")
    void loadingAndWritingGivesTheFileByteForByte(String family) throws IOException {
        Path first = made("first"), second = made("second"), tuned = made("tuned");
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, first);
            described.write(described.initialise(3), first, DType.F32);
            CausalLm model = described.load();
            described.write(model, second, DType.F32);
            new Full().attach(model, 1);
            new Full().write(model, tuned, "first");
        });
        assertThat(Files.readAllBytes(tuned.resolve("model.safetensors")))
                .isEqualTo(Files.readAllBytes(first.resolve("model.safetensors")));
        for (String file : List.of("model.safetensors", "config.json")) {
            assertThat(Files.readAllBytes(second.resolve(file))).as(file)
                    .isEqualTo(Files.readAllBytes(first.resolve(file)));
        }
    }

    @ParameterizedTest @MethodSource("families")
    void noWeightMayBeMissingOrUnread(String family) {
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder);
            described.write(described.initialise(3), folder, DType.F32);
            Map<String, Tensor> whole = SafeTensors.open(folder.resolve("model.safetensors")).readAll();
            assertThat(described.outline().weights().keySet()).containsExactlyInAnyOrderElementsOf(whole.keySet());
            for (String name : whole.keySet()) {
                Map<String, Tensor> spoilt = new LinkedHashMap<>(whole);
                Tensor weight = spoilt.remove(name);
                spoilt.put(name + "_stray", weight);
                SafeTensors.write(folder.resolve("model.safetensors"), spoilt);
                assertThatThrownBy(described::load).isInstanceOf(UserError.class)
                        .hasMessageContaining(name + " " + Arrays.toString(weight.shape()))
                        .hasMessageContaining(name + "_stray").hasMessageContaining(folder.toString());
            }
        });
    }

    @ParameterizedTest @MethodSource("families")
    void attachingLoraLeavesOutputsAloneAndMergingItKeepsThem(String family) {
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder.resolve("base"));
            CausalLm model = described.initialise(3);
            Tensor before = logits(model);
            LORA.attach(model, 5);
            close(logits(model), before, 0);
            assertThat(model.tuned()).hasSize(2 * model.linears().size());
            assertThat(model.linears()).doesNotContainKey(model.head().name());

            model.tuned()
                    .forEach((name, tensor) -> tensor.copyFrom(RandomStream.of(name.hashCode())
                    .normal(0.1, tensor.shape())));
            Tensor tuned = logits(model);
            assertThat(difference(tuned, before)).isGreaterThan(0.01);
            close(logits(model, Adapters.NONE), before, 0);

            Path merged = made("merged"), adapter = made("adapter");
            described.write(model, merged, DType.F32);
            close(logits(ModelFolder.open(merged).load()), tuned, 1e-4);
            LORA.write(model, adapter, "base");
            CausalLm again = described.initialise(3);
            AdapterFolder.attach(again, adapter);
            close(logits(again), tuned, 0);
        });
    }

    /** Times a factor, as IA3 learns one for each output. */
    private record Scale(double factor) implements Linear.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) { return y.mul(factor); }

        @Override public Tensor mergedWeight(Tensor weight) { return weight.mul(factor); }

        @Override public Tensor mergedBias(Tensor bias) { return bias.mul(factor); }

        @Override public Stream<Tensor> parameters() { return Stream.empty(); }
    }

    @ParameterizedTest @MethodSource("families")
    void whatChangesOutputsIsMergedIntoWeightsAndBiases(String family) {
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder);
            CausalLm model = TinyModels.shaken(described.initialise(3));
            model.linears().values().forEach(linear -> linear.attach(new Scale(1.3)));
            Path merged = made("merged");
            described.write(model, merged, DType.F32);
            close(logits(ModelFolder.open(merged).load()), logits(model), 1e-4);
            assertThat(difference(logits(model), logits(model, Adapters.NONE))).isGreaterThan(0.01);
        });
    }

    @ParameterizedTest @MethodSource("families")
    void mappedNarrowWeightsAndComputingAgainGiveTheLossAndGradientsOfResidentOnes(String family) {
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder);
            described.write(described.initialise(3), made("bf16"), DType.BF16);
            ModelFolder narrow = ModelFolder.open(folder.resolve("bf16"));
            CausalLm resident = narrow.load(WeightPlacement.RESIDENT), mapped = narrow.load(WeightPlacement.MAPPED);
            assertThat(mapped.isUpcast()).isTrue();
            Batch batch = Batch.of(List.of(A, C));
            double expected = lossOfTuned(resident, batch, Recompute.NEVER);
            assertThat(lossOfTuned(mapped, batch, Recompute.ALWAYS)).isCloseTo(expected, within(1e-4));
            Map<String, float[]> wanted = gradients(resident);
            gradients(mapped).forEach((name, gradient) -> assertThat(distance(gradient, wanted.get(name))).as(name)
                    .isLessThan(1e-4));
        });
    }

    private static double lossOfTuned(CausalLm model, Batch batch, Recompute recompute) {
        LORA.attach(model, 5);
        model.tuned()
                .forEach((name, tensor) -> tensor.copyFrom(RandomStream.of(name.hashCode())
                .normal(0.1, tensor.shape())));
        return new BlockWalk(model, recompute).forwardBackward(batch, new Sft(), 1).total();
    }

    private Path made(String name) {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor logits(CausalLm model) { return logits(model, Adapters.DEFAULT); }

    private static Tensor logits(CausalLm model, Adapters adapters) {
        return model.logits(model.hidden(C.ids(), Pass.single(C.ids().length).with(adapters)));
    }

    private static Tensor hidden(CausalLm model, int[] ids) { return model.hidden(ids, Pass.single(ids.length)); }

    private static int[] concat(int[] a, int[] b) { return Stream.of(a, b).flatMapToInt(Arrays::stream).toArray(); }

    private static void close(Tensor found, Tensor expected) { close(found, expected, 1e-4); }

    private static void close(Tensor found, Tensor expected, double tolerance) {
        assertThat(difference(found, expected)).isLessThanOrEqualTo(tolerance);
    }

    private static double difference(Tensor found, Tensor expected) {
        return Scope.value(() -> found.sub(expected).abs().max().item());
    }

    private static Map<String, float[]> gradients(CausalLm model) {
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> gradients.put(name, tensor.gradient().toFloats()));
        return gradients;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double distance(float[] a, float[] b) {
        double largest = 0, size = 1e-3;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
            size = Math.max(size, Math.abs(b[i]));
        }
        return largest / size;
    }
}
