package io.weft;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.objective.BlockWalk;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.train.Precision;
import io.weft.train.ProductRates;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** bf16 on the CPU: linears multiply in it, and everything else stays fp32. */
class PrecisionTest {
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 3), TinyModels.example(14, 6)));
    @TempDir Path folder;

    /** A loss, and gradients by name. */
    private record Result(double loss, Map<String, float[]> gradients) {}

    private static Lora lora(boolean withLengths) {
        Lora plain = new Lora(2, 4, 0.3, List.of("q_proj", "down_proj"));
        return withLengths ? plain.with(new io.weft.tune.lora.LoraForm(false, true,
                io.weft.tune.lora.LoraForm.Start.KAIMING, 1)) : plain;
    }

    private ModelFolder base(String family, DType type) {
        ModelFolder stored = TinyModels.folder(family, folder);
        try {
            Path made = Files.createDirectories(folder.resolve(family + type));
            Scope.run(() -> stored.write(stored.initialise(11), made, type));
            return ModelFolder.open(made);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static CausalLm loaded(ModelFolder base, Precision precision, WeightPlacement placement, Tuning tuning) {
        CausalLm model = base.load(precision.loading(placement, Device.CPU, !tuning.isAdapter()));
        tuning.attach(model, 3);
        if (tuning.isAdapter()) {
            model.tuned().forEach((name, tensor) ->
                    tensor.copyFrom(RandomStream.of(name.hashCode()).normal(0.1, tensor.shape())));
        }
        return model;
    }

    private static Result result(CausalLm model, Recompute recompute) {
        double loss = new BlockWalk(model, recompute)
                .forwardBackward(BATCH, new Sft(), count -> 1, Dropout.of(5, 7)).total();
        Map<String, float[]> gradients = new TreeMap<>();
        model.tuned().forEach((name, tensor) -> {
            assertThat(tensor.type()).as(name).isEqualTo(DType.F32);
            assertThat(tensor.gradient().type()).as(name).isEqualTo(DType.F32);
            gradients.put(name, tensor.gradient().toFloats());
        });
        return new Result(loss, gradients);
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static void isNear(Result found, Result expected) {
        assertThat(found.loss()).isNotEqualTo(expected.loss()).isCloseTo(expected.loss(),
                within(0.005 * expected.loss()));
        found.gradients().forEach((name, gradient) ->
                assertThat(cosine(gradient, expected.gradients().get(name))).as(name).isGreaterThan(0.999));
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "gpt2", "gemma2", "chatglm"})
    void lossAndDirectionAreThoseOfFp32(String family) {
        ModelFolder base = base(family, DType.F32);
        Lora all = new Lora(2, 4, 0.3, List.of("all-linear"));
        Scope.run(() -> isNear(
                result(loaded(base, Precision.BF16, WeightPlacement.RESIDENT, all), Recompute.NEVER),
                result(loaded(base, Precision.FP32, WeightPlacement.RESIDENT, all), Recompute.NEVER)));
    }

    @Test void learnedLengthsKeepTheirDirection() {
        ModelFolder base = base("llama", DType.F32);
        Scope.run(() -> isNear(
                result(loaded(base, Precision.BF16, WeightPlacement.RESIDENT, lora(true)), Recompute.NEVER),
                result(loaded(base, Precision.FP32, WeightPlacement.RESIDENT, lora(true)), Recompute.NEVER)));
    }

    @Test void weightsOfTheModelItselfAreTrainedInFp32() {
        ModelFolder base = base("llama", DType.BF16);
        Scope.run(() -> {
            CausalLm narrow = loaded(base, Precision.BF16, WeightPlacement.RESIDENT, new Full());
            assertThat(narrow.isUpcast()).isFalse();
            isNear(result(narrow, Recompute.NEVER),
                    result(loaded(base, Precision.FP32, WeightPlacement.RESIDENT, new Full()), Recompute.NEVER));
        });
    }

    @Test void frozenMatricesAreHeldNarrowAndVectorsWide() {
        ModelFolder base = base("llama", DType.F32);
        Scope.run(() -> {
            CausalLm model = loaded(base, Precision.BF16, WeightPlacement.RESIDENT, lora(false));
            assertThat(model.compute()).isEqualTo(DType.F32);
            assertThat(model.isUpcast()).isFalse();
            model.linears().values().forEach(linear -> assertThat(linear.weight().type()).isEqualTo(DType.BF16));
            assertThat(model.weights().get("model.norm.weight").type()).isEqualTo(DType.F32);
        });
    }

    @ParameterizedTest @ValueSource(strings = {"BF16", "F32"})
    void computingAgainGivesTheSameBits(DType stored) {
        ModelFolder base = base("llama", stored);
        for (WeightPlacement placement : WeightPlacement.values()) {
            Scope.run(() -> {
                Result kept = result(loaded(base, Precision.BF16, placement, lora(false)), Recompute.NEVER),
                        again = result(loaded(base, Precision.BF16, placement, lora(false)), Recompute.ALWAYS);
                assertThat(again.loss()).isEqualTo(kept.loss());
                boolean converted = placement == WeightPlacement.MAPPED && stored == DType.F32;
                again.gradients().forEach((name, gradient) -> {
                    if (converted) {   // multiplied a slice at a time, so sums differ in their order
                        assertThat(cosine(gradient, kept.gradients().get(name))).as(name).isGreaterThan(0.9999);
                    } else {
                        assertThat(gradient).as(name).isEqualTo(kept.gradients().get(name));
                    }
                });
            });
        }
    }

    @Test void narrowFilesAreMultipliedWhereTheyLie() {
        ModelFolder base = base("llama", DType.BF16);
        Scope.run(() -> {
            CausalLm mapped = loaded(base, Precision.BF16, WeightPlacement.MAPPED, lora(false));
            assertThat(mapped.isUpcast()).as("nothing is converted").isFalse();
            assertThat(result(mapped, Recompute.NEVER).loss()).isEqualTo(result(
                    loaded(base, Precision.BF16, WeightPlacement.RESIDENT, lora(false)), Recompute.NEVER).loss());
        });
    }

    // ---- runs ----

    private Recipe recipe(String... settings) {
        Path rows = folder.resolve("rows.jsonl"), base = folder.resolve("base");
        if (!Files.exists(rows)) {
            TinyRun.rows(rows, 24);
            TinyRun.base(base, DType.BF16);
        }
        return TinyRun.recipe(base, rows, "train.steps=6", "train.evalEvery=3", "train.saveEvery=2", "train.batch=2",
                "tuning.lora.dropout=0.1").with(settings);
    }

    @Test void aResumedRunEndsInTheSameBitsAndInPeftsFp32Files() throws java.io.IOException {
        Path whole = TinyRun.trained(recipe("train.precision=bf16"), folder.resolve("whole")),
                run = TinyRun.stopped(recipe("train.precision=bf16"), folder.resolve("run"), 3);
        TinyRun.resumed(run, io.weft.resume.Resumption.PLAIN);
        KilledRunTest.same(whole, run);
        SafeTensors adapter = SafeTensors.open(whole.resolve("adapter/adapter_model.safetensors"));
        assertThat(adapter.names()).isNotEmpty().allSatisfy(name ->
                assertThat(adapter.entry(name).type()).isEqualTo(DType.F32));
    }

    @Test void whatWasAskedForIsObeyedAndItsCostTold() {
        List<RunEvent> told = new ArrayList<>();
        Scope.run(() -> {
            Recipe asked = recipe("train.precision=bf16");
            try (TrainingRun run = TrainingRun.start(asked, folder.resolve("run"), told::add)) {
                assertThat(run.recipe().train().compute().precision()).isEqualTo(Precision.BF16);
                run.train();
            }
        });
        assertThat(told).filteredOn(event -> event instanceof RunEvent.Warned warned
                && warned.kind().equals("precision.slower")).as("too small a model to gain by it").hasSize(1);
    }

    @Test void aSmallModelIsTrainedInFp32UnaskedAndTheRecipeSaysSo() {
        Path run = TinyRun.trained(recipe(), folder.resolve("run"));
        assertThat(Recipe.read(run.resolve("recipe.yaml")).train().compute().precision()).isEqualTo(Precision.FP32);
    }

    @Test void clearlyFasterIsWhatCounts() {
        assertThat(new ProductRates(100, 119).favourBf16()).isFalse();
        assertThat(new ProductRates(100, 121).favourBf16()).isTrue();
        assertThat(new ProductRates(185, 416).favourBf16()).as("Zen 4").isTrue();
        assertThat(new ProductRates(300, 165).favourBf16()).as("Sapphire Rapids without AMX").isFalse();
    }

    @Test void bothRatesAreMeasuredInTheModelsShapes() {
        Scope.run(() -> {
            ProductRates rates = ProductRates.of(TinyModels.of("llama"), 64);
            assertThat(rates.fp32()).isPositive().isFinite();
            assertThat(rates.bf16()).isPositive().isFinite();
        });
    }
}
