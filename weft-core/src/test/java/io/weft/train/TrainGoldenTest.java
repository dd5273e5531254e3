package io.weft.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.Sample;
import io.weft.data.VisitOrder;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Sft;
import io.weft.objective.Targets;
import io.weft.problem.UserError;
import io.weft.run.Cadence;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunListener;
import io.weft.settings.Section;
import io.weft.settings.Word;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Adapter;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.lora.LoraForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Training runs of Hugging Face's Trainer and TRL, step for step: loss, gradient norm, learning rate, held-out loss and
 * final weights.
 */
class TrainGoldenTest {
    private final List<StepDone> steps = new ArrayList<>();
    private final List<Evaluated> evaluations = new ArrayList<>();

    @Test void trajectoriesAgree() {
        int ran = 0;
        for (Path run : Golden.folders("train", "trajectory.json")) {
            JsonNode golden = Golden.json(run.resolve("trajectory.json"));
            if (!golden.has("total_steps")) {
                Golden.skipped(run, "no trajectory of supervised training");
            } else if (supported(run, golden)) {
                Scope.run(() -> trajectory(run, golden));
                ran++;
            }
        }
        Golden.ran("train", ran);
    }

    private static boolean supported(Path run, JsonNode golden) {
        try {
            ModelFolder.open(base(golden));
            if (Files.exists(run.resolve("init_adapter"))) {
                AdapterFolder.settings(run.resolve("init_adapter"));
            }
            return true;
        } catch (UserError refused) {
            Golden.skipped(run, refused.getMessage());
            return false;
        }
    }

    private static Path base(JsonNode golden) {
        return Golden.root().orElseThrow().resolve("models/" + golden.path("base").asText());
    }

    private void trajectory(Path run, JsonNode golden) {
        Map<String, Tensor> batches = SafeTensors.open(Golden.at("train/batches.safetensors")).readAll();
        List<List<Example>> rows = GoldenRows.examples(batches, "input_ids", "labels", "attention_mask").stream()
                .map(List::of).toList();
        List<Example> heldOut = GoldenRows.examples(batches, "eval.input_ids", "eval.labels", "eval.attention_mask");
        CausalLm model = ModelFolder.open(base(golden)).load();
        boolean full = !Files.exists(run.resolve("init_adapter"));
        ToDoubleFunction<String> factor = name -> 1;
        if (full) {
            new Full().attach(model, 0);
        } else {
            Adapter adapter = AdapterFolder.attach(model, run.resolve("init_adapter"));
            JsonNode ratio = golden.path("loraplus_lr_ratio");
            factor = ratio.isNumber() ? ((Lora) adapter).with(new LoraForm(false, false, LoraForm.Start.KAIMING,
                    ratio.asDouble()))::learningRateFactor : factor;
        }
        int total = golden.path("total_steps").asInt(), batch = golden.path("micro_batch").asInt();
        TrainSettings settings = settings(1, total, batch, golden.path("grad_accum").asInt(),
                golden.path("warmup_steps").asInt(), golden.path("schedule").asText(),
                golden.path("optimizer").path("weight_decay").asDouble(), golden.path("max_grad_norm").asDouble(),
                total,
                golden.path("loss_normalisation").asText().startsWith("mean") ? Average.MICRO_BATCHES : Average.TOKENS,
                42);
        boolean virtual = model.placeholders(Adapters.DEFAULT.of(0)) > 0;
        train(model, virtual ? new CountedAsPeft() : new Sft(), settings, golden.path("learning_rate").asDouble(), rows,
                heldOut, epoch -> IntStream.range(0, rows.size()).toArray(), factor);

        assertThat(steps).hasSize(golden.path("trajectory").size());
        for (StepDone step : steps) {
            JsonNode expected = golden.path("trajectory").path(step.step() - 1);
            assertThat(step.loss()).isCloseTo(expected.path("loss").asDouble(), within(5e-5));
            assertThat(step.gradientNorm()).isCloseTo(expected.path("grad_norm").asDouble(),
                    within(1e-4 * expected.path("grad_norm").asDouble()));
            assertThat(step.learningRate()).isCloseTo(expected.path("lr").asDouble(),
                    within(1e-9 * expected.path("lr").asDouble()));
            assertThat(step.trainedTokens()).isEqualTo(expected.path("num_items").asLong());
        }
        assertThat(trainerEvalLoss(model, heldOut, batch)).isCloseTo(golden.path("eval_loss_by_hand").asDouble(),
                within(5e-5));
        Path last = full ? run.resolve("final.safetensors") : run.resolve("final_adapter/adapter_model.safetensors");
        if (Files.exists(last)) {
            weights(model, SafeTensors.open(last).readAll());
        }
        golden.path("final_stats").properties()
                .forEach(entry -> assertThat(model.tuned().get(plain(entry.getKey())).norm())
                .isCloseTo(entry.getValue().path("l2").asDouble(),
                within(1e-4 * (1 + entry.getValue().path("l2").asDouble()))));
    }

    /**
     * As PEFT's soft prompts are trained: where a row's first token is learned, the last virtual token predicts it, and
     * it is in the sum of the losses but not in the number that the sum is divided by. Weft's own divides by all that
     * it sums. Each document's value is 1 where its first token is learned.
     */
    private record CountedAsPeft() implements Objective {
        @Override public Section<Sft> section() { return new Sft().section(); }

        @Override public Set<Class<? extends Sample>> eats() { return new Sft().eats(); }

        @Override public LossSum loss(Targets targets) {
            return new LossSum(new Sft().loss(targets).total(),
                    targets.count() - (long) Arrays.stream(targets.values()).sum());
        }

        @Override public float[] gradient(Targets targets) { return new Sft().gradient(targets); }

        @Override public boolean isLikelihood() { return true; }
    }

    private static ExampleGroup group(Example document) {
        return new ExampleGroup(List.of(document), new double[] {document.trained()[0] ? 1 : 0});
    }

    /**
     * Hugging Face's eval loss: the mean over rows of their batches' means. Weft's own is exact by tokens, so it is
     * another number on uneven batches.
     */
    private static double trainerEvalLoss(CausalLm model, List<Example> heldOut, int batchSize) {
        double sum = 0;
        for (int start = 0; start < heldOut.size(); start += batchSize) {
            List<Example> batch = heldOut.subList(start, Math.min(heldOut.size(), start + batchSize));
            sum += batch.size() * new BlockWalk(model)
                    .loss(batch.stream().map(ExampleGroup::of).toList(), batchSize, new Sft()).mean();
        }
        return sum / heldOut.size();
    }

    @Test void theWholePipelineOfTrlAgrees() {
        int ran = 0, found = 0;
        for (Path run : Golden.folders("train", "golden.json")) {
            JsonNode golden = Golden.json(run.resolve("golden.json"));
            if (!golden.has("train_input_ids")) {
                Golden.skipped(run, "no rows of an SFT run");
                continue;
            }
            found++;
            if (!everyDocumentTeaches(golden)) {
                Golden.skipped(run, "a document without a trained token, which Weft leaves out and TRL packs");
            } else if (supported(run, golden)) {
                Scope.run(() -> pipeline(run, golden));
                ran++;
            }
        }
        Golden.ran("train end to end", ran, found);
    }

    private static boolean everyDocumentTeaches(JsonNode golden) {
        try {
            return !examples(golden, "train").isEmpty();
        } catch (IllegalArgumentException nothingToTrainOn) {
            return false;
        }
    }

    private void pipeline(Path run, JsonNode golden) {
        CausalLm model = ModelFolder.open(base(golden)).load();
        AdapterFolder.attach(model, run.resolve("init_adapter"));
        List<List<Example>> rows = examples(golden, "train");
        List<Example> heldOut = examples(golden, "eval").stream().flatMap(List::stream).toList();
        JsonNode config = golden.path("config");
        long seed = config.path("seed").asLong();
        IntFunction<int[]> order = epoch -> VisitOrder.of(rows.size(), seed, epoch);
        TrainSettings settings = settings(config.path("epochs").asInt(), golden.path("max_steps").asInt(),
                config.path("batch").asInt(), config.path("grad_accum").asInt(), config.path("warmup_steps").asInt(),
                config.path("schedule").asText(), config.path("weight_decay").asDouble(), 1.0,
                config.path("eval_steps").asInt(), Average.TOKENS, seed);
        TrainingPlan plan = train(model, new Sft(), settings, config.path("lr").asDouble(), rows, heldOut, order,
                name -> 1);

        // The golden file did not record the order inside of an epoch's last micro-batch, and it has no effect.
        int[][] visited = IntStream.range(0, plan.steps()).boxed().flatMap(step -> plan.microBatches(step).stream())
                .map(micro -> IntStream.of(micro).sorted().toArray()).toArray(int[][]::new);
        int[][] expected = new ObjectMapper().convertValue(golden.path("micro_batches"), int[][].class);
        IntStream.range(0, expected.length).forEach(i -> Arrays.sort(expected[i]));
        assertThat(visited).isDeepEqualTo(expected);
        int evaluation = 0;
        double best = Double.POSITIVE_INFINITY;
        for (JsonNode row : golden.path("log")) {
            if (row.has("eval_loss")) {
                Evaluated found = evaluations.get(evaluation++);
                double loss = row.path("eval_loss").asDouble();
                assertThat(found.loss()).isCloseTo(loss, within(5e-5));
                assertThat(found.step()).isEqualTo(row.path("step").asInt());
                assertThat(found.best()).isEqualTo(loss < best);
                best = Math.min(best, loss);
            } else if (row.has("loss")) {
                StepDone step = steps.get(row.path("step").asInt() - 1);
                assertThat(step.loss()).isCloseTo(row.path("loss").asDouble(), within(5e-5));
                assertThat(step.gradientNorm()).isCloseTo(row.path("grad_norm").asDouble(),
                        within(1e-4 * row.path("grad_norm").asDouble()));
                assertThat(step.epoch()).isEqualTo(row.path("epoch").asDouble());
            }
        }
        assertThat(evaluations).hasSize(evaluation);
        weights(bestSoFar, SafeTensors.open(run.resolve("final_adapter/adapter_model.safetensors")).readAll());
    }

    private Map<String, Tensor> bestSoFar = Map.of();

    private TrainingPlan train(CausalLm model, Objective objective, TrainSettings settings, double peak,
            List<List<Example>> rows, List<Example> heldOut, IntFunction<int[]> order,
            ToDoubleFunction<String> factor) {
        steps.clear();
        evaluations.clear();
        TrainingPlan plan = TrainingPlan.of(rows.size(), settings.batching(), order);
        var job = new Trainer.Job(model, objective, settings, peak,
                Rows.of(rows.stream().map(row -> row.stream().map(TrainGoldenTest::group).toList()).toList()),
                heldOut.stream().map(ExampleGroup::of).toList(), plan);
        RunListener listener = event -> {
            if (event instanceof StepDone step) {
                steps.add(step);
            } else if (event instanceof Evaluated evaluated) {
                evaluations.add(evaluated);
            }
        };
        new Trainer(job, new AdamW(model.tuned(), settings.optimizer().weightDecay(), factor), TrainState.START,
                listener,
                (state, optimizer) -> {
            if (state.bestStep() == state.step()) {
                bestSoFar = new LinkedHashMap<>();
                model.tuned().forEach((name, tensor) -> bestSoFar.put(name, tensor.detach().copy()));
            }
            return "nowhere";
        }).run();
        return plan;
    }

    private static TrainSettings settings(int epochs, int steps, int batch, int accumulate, int warmup, String schedule,
            double weightDecay, double clipNorm, int evalEvery, Average average, long seed) {
        Schedule.Shape shape = Word.named(Schedule.Shape.class, schedule).orElseThrow();
        return TrainSettings.DEFAULTS.withBatching(new Batching(epochs, OptionalInt.of(steps), batch, accumulate))
                .withOptimizer(new OptimizerSettings(OptionalDouble.empty(), OptionalInt.of(warmup), shape, weightDecay,
                clipNorm)).withCadence(new Cadence(1, evalEvery, 100, 3, 0)).withAverage(average).withSeed(seed);
    }

    /** The rows of a run; one of a packed run is several documents. */
    private static List<List<Example>> examples(JsonNode golden, String part) {
        List<List<Example>> rows = new ArrayList<>();
        JsonNode all = golden.path(part + "_input_ids"), lengths = golden.path(part + "_seq_lengths");
        for (int i = 0; i < all.size(); i++) {
            int[] ids = ints(all.path(i)), labels = ints(golden.path(part + "_labels").path(i)),
                    documents = lengths.has(i) ? ints(lengths.path(i)) : new int[] {ids.length};
            List<Example> row = new ArrayList<>();
            int start = 0;
            for (int length : documents) {
                row.add(GoldenRows.example(Arrays.copyOfRange(ids, start, start + length),
                        Arrays.copyOfRange(labels, start, start + length)));
                start += length;
            }
            rows.add(row);
        }
        return rows;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.path(i).asInt()).toArray();
    }

    private static void weights(CausalLm model, Map<String, Tensor> expected) { weights(model.tuned(), expected); }

    private static void weights(Map<String, Tensor> found, Map<String, Tensor> expected) {
        assertThat(found).hasSize(expected.size());
        expected.forEach((name, tensor) ->
                assertThat(Scope.value(() -> found.get(plain(name)).detach().sub(tensor).abs().max().item())).as(name)
                .isLessThan(1e-4));
    }

    private static String plain(String name) {
        return GoldenRows.parameter(name).replace("prompt_embeddings", "prompt_encoder.embedding.weight");
    }
}
