package io.weft.model;

import io.weft.data.Batch;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Pass;
import io.weft.nn.Weight;
import io.weft.objective.BlockWalk;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.train.AdamW;
import io.weft.train.Optimizer;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Models whose weights are kept, or computed with, otherwise than in fp32. */
class WeightFormsTest {
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 3), TinyModels.example(14, 6)));
    private static final Lora LORA = new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR));
    private static final WeightLoading RESIDENT = WeightLoading.of(WeightPlacement.RESIDENT);
    @TempDir Path folder;

    /**
     * Rows of 8-bit integers with a factor each: what a quantised weight has to be, and no other class knows.
     *
     * @param rows [O, I] of integers
     * @param factors [O, 1]
     */
    private record IntegerRows(Tensor rows, Tensor factors, boolean isTransposed) implements Weight {
        static Weight of(Weight weight) {
            Tensor wide = weight.wide(DType.F32), rows = Tensor.empty(DType.I8, wide.shape());
            float[] values = wide.toFloats(), factors = new float[(int) weight.outputs()];
            int inputs = (int) weight.inputs();
            long[] integers = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                factors[i / inputs] = Math.max(factors[i / inputs], Math.abs(values[i]) / 127);
            }
            for (int i = 0; i < values.length; i++) {
                integers[i] = Math.round(values[i] / factors[i / inputs]);
            }
            rows.copyFrom(Tensor.of(integers, wide.shape()));
            return new IntegerRows(rows, Tensor.of(factors, factors.length, 1), weight.isTransposed());
        }

        @Override public long outputs() { return rows.size(0); }

        @Override public long inputs() { return rows.size(1); }

        @Override public DType type() { return rows.type(); }

        @Override public Tensor wide(DType type) { return wide(type, 0, outputs()); }

        @Override public Tensor wide(DType type, long from, long length) {
            return rows.narrow(0, from, length).to(DType.F32).mul(factors.narrow(0, from, length)).to(type);
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(rows, factors); }
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "gpt2", "mixtral", "chatglm"})
    void anotherFormOfWeightTrainsLoraAsTheSameValuesInFp32Do(String family) {
        Scope.run(() -> {
            ModelFolder base = stored(family, "base");
            CausalLm integers = base.load(RESIDENT.with(IntegerRows::of));
            assertThat(integers.isUpcast()).isTrue();
            base.write(integers, made("same"), DType.F32);
            CausalLm same = ModelFolder.open(folder.resolve("same")).load();
            assertThat(integers.weights().keySet()).containsExactlyElementsOf(same.weights().keySet());
            assertThat(integers.weightCount()).isEqualTo(same.weightCount());
            integers.weights().forEach((name, weight) -> assertThat(weight.shape()).as(name)
                    .isEqualTo(same.weights().get(name).shape()));

            Map<String, float[]> found = tunedGradients(integers, Recompute.NEVER),
                    expected = tunedGradients(same, Recompute.NEVER);
            expected.forEach((name, gradient) -> assertThat(found.get(name)).as(name)
                    .containsExactly(gradient, within(1e-5f)));
            assertThat(hidden(integers).toFloats()).containsExactly(hidden(same).toFloats(), within(1e-5f));

            base.write(integers, made("merged"), DType.F32);
            CausalLm merged = ModelFolder.open(folder.resolve("merged")).load();
            assertThat(hidden(merged).toFloats()).containsExactly(hidden(integers).toFloats(), within(1e-4f));

            BlockWalk walk = new BlockWalk(integers);
            double before = walk.loss(BATCH, new Sft()).mean();
            Optimizer optimizer = new AdamW(integers.tuned(), 0);
            optimizer.clearGradients();
            for (int i = 0; i < 5; i++) {
                walk.forwardBackward(BATCH, new Sft(), 1);
                optimizer.step(1e-2, 0.1, 1);
            }
            assertThat(walk.loss(BATCH, new Sft()).mean()).isLessThan(0.9 * before);
        });
    }

    @Test void whatIsNoTensorOfItsFileCannotBeTrainedWhole() {
        Scope.run(() -> assertThatThrownBy(() -> new Full()
                .attach(stored("llama", "base").load(RESIDENT.with(IntegerRows::of)), 1))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("q_proj"));
    }

    @ParameterizedTest @MethodSource("families")
    void computingInBf16AgreesWithFp32WithinItsRounding(String family) {
        Scope.run(() -> {
            ModelFolder base = stored(family, "base");
            CausalLm wide = base.load(), narrow = base.load(RESIDENT.computing(DType.BF16)),
                    mapped = base.load(WeightLoading.of(WeightPlacement.MAPPED).computing(DType.BF16));
            assertThat(narrow.compute()).isEqualTo(DType.BF16);
            assertThat(hidden(narrow).type()).isEqualTo(DType.BF16);
            Map<String, float[]> expected = tunedGradients(wide, Recompute.NEVER);
            double loss = new BlockWalk(wide).loss(BATCH, new Sft()).mean();
            for (CausalLm model : List.of(narrow, mapped)) {
                Map<String, float[]> found = tunedGradients(model, Recompute.AUTO);
                assertThat(new BlockWalk(model).loss(BATCH, new Sft()).mean())
                        .isCloseTo(loss, within(0.02 * loss));
                assertThat(cosine(found, expected)).isGreaterThan(0.99);
                model.tuned().values().forEach(tensor -> assertThat(tensor.type()).isEqualTo(DType.F32));
            }
            decodesAsAtOnce(narrow);
        });
    }

    static List<String> families() { return TinyModels.families(); }

    @Test void trainingAllOfABf16ModelFollowsFp32() {
        Scope.run(() -> {
            ModelFolder base = stored("qwen3", "base");
            CausalLm wide = base.load(), narrow = base.load(RESIDENT.computing(DType.BF16));
            double first = new BlockWalk(wide).loss(BATCH, new Sft()).mean();
            for (CausalLm model : List.of(wide, narrow)) {
                new Full().attach(model, 1);
                Optimizer optimizer = new AdamW(model.tuned(), 0.01);
                for (int i = 0; i < 20; i++) {
                    new BlockWalk(model).forwardBackward(BATCH, new Sft(), 1);
                    optimizer.step(1e-4, 1.0 / 9, 1);
                }
            }
            double expected = new BlockWalk(wide).loss(BATCH, new Sft()).mean(),
                    found = new BlockWalk(narrow).loss(BATCH, new Sft()).mean();
            assertThat(expected).isLessThan(0.97 * first);
            assertThat(found).isCloseTo(expected, within(0.2 * (first - expected)));
        });
    }

    /** One token after the other, from a cache that keeps bf16. */
    private static void decodesAsAtOnce(CausalLm model) {
        int[] ids = TinyModels.example(9, 3).ids();
        KeyValueCache cache = model.cache(KeyValueCache.pagesFor(ids.length));
        List<KeyValueCache.Row> row = cache.open(1);
        Tensor whole = model.hidden(ids, Pass.single(ids.length));
        for (int i = 0; i < ids.length; i++) {
            Tensor next = model.hidden(new int[] {ids[i]}, cache.next(row, 1));
            Tensor expected = whole.narrow(0, i, 1);
            assertThat(next.sub(expected).norm()).as("token %d", i).isLessThan(0.05 * expected.norm());
        }
    }

    private ModelFolder stored(String family, String name) {
        ModelFolder described = TinyModels.folder(family, folder.resolve("config"));
        described.write(TinyModels.shaken(described.initialise(11)), made(name), DType.F32);
        return ModelFolder.open(folder.resolve(name));
    }

    private Path made(String name) {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, float[]> tunedGradients(CausalLm model, Recompute recompute) {
        LORA.attach(model, 3);
        model.tuned().forEach((name, tensor) -> tensor.copyFrom(RandomStream.of(name.hashCode())
                .normal(0.1, tensor.shape())));
        new BlockWalk(model, recompute).forwardBackward(BATCH, new Sft(), 0.1);
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> gradients.put(name, tensor.gradientOrZeros().toFloats()));
        return gradients;
    }

    private static Tensor hidden(CausalLm model) {
        int[] ids = TinyModels.example(14, 6).ids();
        return model.hidden(ids, Pass.single(ids.length));
    }

    /** Of all gradients as one vector. */
    private static double cosine(Map<String, float[]> a, Map<String, float[]> b) {
        double product = 0, squaresA = 0, squaresB = 0;
        for (String name : b.keySet()) {
            float[] left = a.get(name), right = b.get(name);
            for (int i = 0; i < right.length; i++) {
                product += (double) left[i] * right[i];
                squaresA += (double) left[i] * left[i];
                squaresB += (double) right[i] * right[i];
            }
        }
        return product / Math.sqrt(squaresA * squaresB);
    }
}
