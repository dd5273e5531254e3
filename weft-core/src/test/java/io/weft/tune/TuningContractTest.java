package io.weft.tune;

import io.weft.data.Batch;
import io.weft.model.TinyModels;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.train.AdamW;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What every way of tuning promises, whatever it is: a new line in the table is tested without another line. */
class TuningContractTest {
    /** Plain and tied, with biases, with norms on heads, with transposed weights, with fused linears. */
    private static final List<String> FAMILIES = List.of("llama", "qwen2", "qwen3", "gpt2", "chatglm");
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 5), TinyModels.example(6, 3)));
    private static final int[] IDS = TinyModels.example(8, 4).ids();
    @TempDir Path folder;

    /** Each method over all families, and what settings make of it where they fit. */
    static Stream<Arguments> all() {
        return TuningVariants.all().stream().flatMap(tuning -> FAMILIES.stream()
                .filter(family -> Tunings.all().contains(tuning) || !family.equals("qwen2"))
                .filter(family -> Scope.value(() -> tuning.misfits(TinyModels.of(family)).isEmpty()))
                .map(family -> Arguments.of(tuning, family)));
    }

    @ParameterizedTest @MethodSource("all")
    void attachingChangesNoOutputWhereThatIsPromised(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            float[] before = logits(model, Adapters.DEFAULT);
            tuning.attach(model, 5);
            if (tuning.startsAsTheBase()) {
                assertThat(difference(logits(model, Adapters.DEFAULT), before)).isLessThan(rounding(tuning));
            }
        });
    }

    /** Larger where a part is taken from a weight and given back, or outputs are divided by a length and multiplied. */
    private static double rounding(Tuning tuning) {
        return tuning instanceof Lora lora && (lora.form().init().isPrincipal() || lora.form().dora()) ? 1e-5
                : 1e-6;
    }

    @ParameterizedTest @MethodSource("all")
    void onlyItsParametersAreTrainedAndAllHaveAGradientByTheSecondStep(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            tuning.attach(model, 5);
            Map<String, float[]> base = new TreeMap<>();
            model.weights().forEach((name, weight) -> base.put(name, weight.stored().toFloats()));
            AdamW optimizer = new AdamW(model.tuned(), 0);
            step(model, optimizer);
            new BlockWalk(model).forwardBackward(BATCH, new Sft(), 1);
            model.tuned().forEach((name, tensor) -> {
                assertThat(tensor.gradient()).as(name).isNotNull();
                // rows of an embedding that no token asks for have none, so the tensor as a whole is looked at
                assertThat(tensor.gradient().norm()).as(name).isPositive().isFinite();
            });
            base.keySet().stream().filter(name -> tuning.isAdapter() || !model.tuned().containsKey(name))
                    .forEach(name -> assertThat(model.weights().get(name).stored().toFloats()).as(name)
                    .isEqualTo(base.get(name)));
        });
    }

    @ParameterizedTest @MethodSource("all")
    void blocksThatAreComputedTwiceGiveTheSameGradients(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            shaken(tuning, model);
            Map<String, float[]> once = new TreeMap<>();
            new BlockWalk(model, Recompute.NEVER).forwardBackward(BATCH, new Sft(), 1);
            model.tuned().forEach((name, tensor) -> {
                once.put(name, tensor.gradient().toFloats());
                tensor.clearGradient();
            });
            new BlockWalk(model, Recompute.ALWAYS).forwardBackward(BATCH, new Sft(), 1);
            once.forEach((name, gradient) -> assertThat(difference(model.tuned().get(name).gradient().toFloats(),
                    gradient)).as(name).isLessThan(1e-5 * (1 + largest(gradient))));
        });
    }

    @ParameterizedTest @MethodSource("all")
    void theLossFalls(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            tuning.attach(model, 5);
            AdamW optimizer = new AdamW(model.tuned(), 0);
            double first = step(model, optimizer);
            for (int i = 0; i < 8; i++) {
                step(model, optimizer);
            }
            assertThat(new BlockWalk(model).loss(BATCH, new Sft()).mean()).isLessThan(first);
        });
    }

    @ParameterizedTest @MethodSource("all")
    void whatIsSavedIsLoadedEqualAndWithoutItTheBaseIsThere(Tuning tuning, String family) throws IOException {
        Path files = Files.createDirectory(folder.resolve("files"));
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            float[] base = logits(model, Adapters.DEFAULT);
            shaken(tuning, model);
            float[] tuned = logits(model, Adapters.DEFAULT);
            assertThat(difference(tuned, base)).isPositive();
            tuning.write(model, files, "base");
            CausalLm again = TinyModels.of(family);
            if (tuning.isAdapter()) {
                assertThat(difference(logits(model, Adapters.NONE), base)).isLessThan(1e-6);
                Adapter read = AdapterFolder.attach(again, files);
                assertThat(read.name()).isEqualTo(tuning.name());
            } else {
                tuning.attach(again, 6);
                tuning.read(again, files);
            }
            assertThat(logits(again, Adapters.DEFAULT)).isEqualTo(tuned);
            CausalLm resumed = TinyModels.of(family);
            tuning.attach(resumed, 6);
            tuning.read(resumed, files);
            model.tuned().forEach((name, tensor) -> assertThat(resumed.tuned().get(name).toFloats()).as(name)
                    .isEqualTo(tensor.toFloats()));
            assertThat(logits(resumed, Adapters.DEFAULT)).isEqualTo(tuned);
        });
    }

    @ParameterizedTest @MethodSource("all")
    void computingBlocksTwiceChangesNoGradient(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            shaken(tuning, model);
            Map<String, float[]> once = gradients(model, Recompute.NEVER);
            gradients(model, Recompute.ALWAYS).forEach((name, gradient) -> assertThat(gradient).as(name)
                    .isEqualTo(once.get(name)));
        });
    }

    private static Map<String, float[]> gradients(CausalLm model, Recompute recompute) {
        Map<String, float[]> gradients = new TreeMap<>();
        new BlockWalk(model, recompute).forwardBackward(BATCH, new Sft(), count -> 1, Dropout.of(7, 0));
        model.tuned().forEach((name, tensor) -> {
            gradients.put(name, tensor.gradient().toFloats());
            tensor.clearGradient();
        });
        return gradients;
    }

    /** Frozen weights stay mapped and narrow; what is trained beside them learns as beside the same ones in memory. */
    @ParameterizedTest @MethodSource("all")
    void weightsThatStayInTheirFileTeachTheSame(Tuning tuning, String family) {
        assumeThat(tuning.isAdapter()).isTrue();
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder);
            Path narrow = folder.resolve("narrow");
            assertThat(narrow.toFile().mkdir()).isTrue();
            described.write(described.initialise(3), narrow, DType.BF16);
            CausalLm resident = ModelFolder.open(narrow).load(),
                    mapped = ModelFolder.open(narrow).load(WeightPlacement.MAPPED);
            shaken(tuning, resident);
            shaken(tuning, mapped);
            assertThat(difference(logits(mapped, Adapters.DEFAULT), logits(resident, Adapters.DEFAULT)))
                    .isLessThan(1e-5);
            Map<String, float[]> expected = gradients(resident, Recompute.ALWAYS);
            gradients(mapped, Recompute.ALWAYS).forEach((name, gradient) -> assertThat(
                    difference(gradient, expected.get(name))).as(name).isLessThan(1e-5 * (1 + largest(gradient))));
        });
    }

    @ParameterizedTest @MethodSource("all")
    void mergedWeightsAndBiasesSayTheSame(Tuning tuning, String family) {
        assumeThat(tuning.isMergeable()).isTrue();
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder(family, folder);
            CausalLm model = described.initialise(3);
            shaken(tuning, model);
            float[] tuned = logits(model, Adapters.DEFAULT);
            Path merged = folder.resolve("merged");
            assertThat(merged.toFile().mkdir()).isTrue();
            described.write(model, merged, DType.F32);
            float[] found = logits(ModelFolder.open(merged).load(), Adapters.DEFAULT);
            assertThat(difference(found, tuned)).isLessThan(1e-5 * (1 + largest(tuned)));
        });
    }

    @ParameterizedTest @MethodSource("all")
    void anAdapterIsPeftsTwoFiles(Tuning tuning, String family) throws IOException {
        if (!(tuning instanceof Adapter adapter)) {
            return;
        }
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            tuning.attach(model, 5);
            tuning.write(model, folder, "models/base");
            assertThat(SafeTensors.open(folder.resolve(AdapterFolder.WEIGHTS)).names())
                    .containsExactlyInAnyOrderElementsOf(adapter instanceof PromptAdapter
                    ? List.of("prompt_embeddings") : model.tuned().keySet().stream()
                    .map(name -> "base_model.model." + name).toList());
        });
        assertThat(AdapterFolder.base(folder)).isEqualTo("models/base");
        assertThat(folder.resolve(AdapterFolder.CONFIG)).content()
                .contains("\"peft_type\" : \"" + adapter.peftType() + '"').contains("\"task_type\" : \"CAUSAL_LM\"");
        assertThat(AdapterFolder.settings(folder).getClass()).isEqualTo(tuning.getClass());
    }

    @ParameterizedTest @MethodSource("all")
    void stepsLeaveNoMemoryBehind(Tuning tuning, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            tuning.attach(model, 5);
            AdamW optimizer = new AdamW(model.tuned(), 0);
            step(model, optimizer);
            long before = Scope.live();
            step(model, optimizer);
            assertThat(Scope.live()).isEqualTo(before);
        });
    }

    private static double step(CausalLm model, AdamW optimizer) {
        double loss = new BlockWalk(model).forwardBackward(BATCH, new Sft(), 1).mean();
        optimizer.step(1e-2, 0.125, 1);
        return loss;
    }

    /** Attached, with values that change what the model says. */
    private static void shaken(Tuning tuning, CausalLm model) {
        tuning.attach(model, 5);
        model.tuned().forEach((name, tensor) -> tensor.copyFrom(tensor.detach()
                .add(RandomStream.of(name.hashCode()).normal(0.05, tensor.shape()))));
    }

    /** Of the tokens themselves, behind those that the adapter wants before them. */
    private static float[] logits(CausalLm model, Adapters adapters) {
        int before = model.placeholders(adapters.of(0));
        int[] all = IntStream.concat(IntStream.generate(() -> 0).limit(before), IntStream.of(IDS)).toArray();
        Pass pass = Pass.single(all.length).with(adapters);
        return Scope.value(() -> model.logits(model.hidden(all, pass), pass).narrow(0, before, IDS.length).toFloats());
    }

    private static double difference(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(found[i] - expected[i]));
        }
        return largest;
    }

    private static double largest(float[] values) { return difference(values, new float[values.length]); }
}
