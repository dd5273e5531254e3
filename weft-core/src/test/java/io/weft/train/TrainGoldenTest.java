package io.weft.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.VisitOrder;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.Likelihood;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunListener;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Full;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
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

    @Test void loraAndFullTrajectoriesAgree() {
        int ran = 0;
        for (String name : List.of("llama_lora_linear_token", "llama_lora_cosine_mean", "llama_full_linear_token",
                "llama_full_cosine_mean", "chatglm3_lora_linear_mean")) {
            Scope.run(() -> trajectory(name));
            ran++;
        }
        Golden.ran("train", ran);
    }

    private void trajectory(String name) {
        JsonNode golden = Golden.json("train/" + name + "/trajectory.json");
        Map<String, Tensor> batches = SafeTensors.open(Golden.at("train/batches.safetensors")).readAll();
        List<List<Example>> rows = GoldenRows.examples(batches, "input_ids", "labels", "attention_mask").stream()
                .map(List::of).toList();
        List<Example> heldOut = GoldenRows.examples(batches, "eval.input_ids", "eval.labels", "eval.attention_mask");
        CausalLm model = ModelFolder.open(Golden.at("models/" + golden.path("base").asText())).load();
        boolean full = name.contains("full");
        if (full) {
            new Full().attach(model, 0);
        } else {
            AdapterFolder.attach(model, Golden.at("train/" + name + "/init_adapter"));
        }
        TrainSettings settings = settings(20, 2, 4, 3, golden.path("schedule").asText(), 20, name.endsWith("token")
                ? "tokens" : "microBatches");
        train(model, settings, golden.path("learning_rate").asDouble(), rows, heldOut,
                epoch -> IntStream.range(0, 160).toArray());

        for (int i = 0; i < 20; i++) {
            JsonNode expected = golden.path("trajectory").path(i);
            StepDone step = steps.get(i);
            assertThat(step.loss()).isCloseTo(expected.path("loss").asDouble(), within(5e-5));
            assertThat(step.gradientNorm()).isCloseTo(expected.path("grad_norm").asDouble(),
                    within(1e-4 * expected.path("grad_norm").asDouble()));
            assertThat(step.learningRate()).isCloseTo(expected.path("lr").asDouble(),
                    within(1e-9 * expected.path("lr").asDouble()));
            assertThat(step.trainedTokens()).isEqualTo(expected.path("num_items").asLong());
        }
        assertThat(trainerEvalLoss(model, heldOut)).isCloseTo(golden.path("eval_loss_by_hand").asDouble(),
                within(5e-5));
        if (!full) {
            weights(model, SafeTensors.open(Golden.at("train/" + name + "/final_adapter/adapter_model.safetensors"))
                    .readAll());
        } else if (Files.exists(Golden.at("train/" + name + "/final.safetensors"))) {
            weights(model, SafeTensors.open(Golden.at("train/" + name + "/final.safetensors")).readAll());
        }
        golden.path("final_stats").properties()
                .forEach(entry -> assertThat(model.tuned().get(plain(entry.getKey())).norm())
                .isCloseTo(entry.getValue().path("l2").asDouble(),
                within(1e-4 * (1 + entry.getValue().path("l2").asDouble()))));
    }

    /**
     * Hugging Face's eval loss: the mean over rows of their batches' means. Weft's own is exact by tokens, so it is
     * another number on uneven batches.
     */
    private double trainerEvalLoss(CausalLm model, List<Example> heldOut) {
        double sum = 0;
        for (int start = 0; start < heldOut.size(); start += 2) {
            List<Example> batch = heldOut.subList(start, Math.min(heldOut.size(), start + 2));
            sum += batch.size() * new BlockWalk(model)
                    .loss(batch.stream().map(ExampleGroup::of).toList(), 2, Likelihood.SFT).mean();
        }
        return sum / heldOut.size();
    }

    @Test void theWholePipelineOfTrlAgrees() {
        JsonNode golden = Golden.json("train/qwen2_sft_e2e/golden.json");
        CausalLm model = ModelFolder.open(Golden.at("models/qwen2")).load();
        AdapterFolder.attach(model, Golden.at("train/qwen2_sft_e2e/init_adapter"));
        List<List<Example>> rows = examples(golden, "train").stream().map(List::of).toList();
        IntFunction<int[]> order = epoch -> VisitOrder.of(rows.size(), 42, epoch);
        TrainSettings settings = settings(6, 4, 2, 2, "linear", 3, "tokens");
        TrainingPlan plan = train(model, settings, 2e-3, rows, examples(golden, "eval"), order);

        // The golden file did not record the order inside of an epoch's last micro-batch, and it has no effect.
        int[][] visited = IntStream.range(0, 6).boxed().flatMap(step -> plan.microBatches(step).stream())
                .map(micro -> IntStream.of(micro).sorted().toArray()).toArray(int[][]::new);
        int[][] expected = new ObjectMapper().convertValue(golden.path("micro_batches"), int[][].class);
        IntStream.range(0, expected.length).forEach(i -> java.util.Arrays.sort(expected[i]));
        assertThat(visited).isDeepEqualTo(expected);
        int evaluation = 0;
        for (JsonNode row : golden.path("log")) {
            if (row.has("eval_loss")) {
                assertThat(evaluations.get(evaluation++).loss())
                        .isCloseTo(row.path("eval_loss").asDouble(), within(5e-5));
            } else if (row.has("loss")) {
                StepDone step = steps.get(row.path("step").asInt() - 1);
                assertThat(step.loss()).isCloseTo(row.path("loss").asDouble(), within(5e-5));
                assertThat(step.gradientNorm()).isCloseTo(row.path("grad_norm").asDouble(),
                        within(1e-4 * row.path("grad_norm").asDouble()));
                assertThat(step.epoch()).isEqualTo(row.path("epoch").asDouble());
            }
        }
        assertThat(evaluations.get(0).best()).isTrue();
        assertThat(evaluations.get(1).best()).isFalse();
        weights(bestSoFar, SafeTensors.open(Golden.at("train/qwen2_sft_e2e/final_adapter/adapter_model.safetensors"))
                .readAll());
        Golden.ran("train end to end", 1);
    }

    private Map<String, Tensor> bestSoFar = Map.of();

    private TrainingPlan train(CausalLm model, TrainSettings settings, double peak,
            List<List<Example>> rows, List<Example> heldOut, IntFunction<int[]> order) {
        steps.clear();
        evaluations.clear();
        TrainingPlan plan = TrainingPlan.of(rows.size(), settings, order);
        var job = new Trainer.Job(model, Likelihood.SFT, settings, peak,
                Rows.of(rows.stream().map(row -> row.stream().map(ExampleGroup::of).toList()).toList()),
                heldOut.stream().map(ExampleGroup::of).toList(), plan);
        RunListener listener = event -> {
            if (event instanceof StepDone step) {
                steps.add(step);
            } else if (event instanceof Evaluated evaluated) {
                evaluations.add(evaluated);
            }
        };
        new Trainer(job, new AdamW(model.tuned(), settings.weightDecay()), TrainState.START, listener,
                (state, optimizer) -> {
            if (state.bestStep() == state.step()) {
                bestSoFar = new LinkedHashMap<>();
                model.tuned().forEach((name, tensor) -> bestSoFar.put(name, tensor.detach().copy()));
            }
            return "nowhere";
        }).run();
        return plan;
    }

    private static TrainSettings settings(int steps, int batch, int accumulate, int warmup, String schedule,
            int evalEvery, String average) {
        return new TrainSettings("sft", 3, OptionalInt.of(steps), batch, accumulate, OptionalDouble.empty(),
                OptionalInt.of(warmup), schedule, 0.01, 1.0, 1, evalEvery, 100, 3, 0, average, "auto", "auto", "auto",
                42);
    }

    private static List<Example> examples(JsonNode golden, String part) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < golden.path(part + "_input_ids").size(); i++) {
            examples.add(GoldenRows.example(ints(golden.path(part + "_input_ids").path(i)),
                    ints(golden.path(part + "_labels").path(i))));
        }
        return examples;
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

    private static String plain(String name) { return name.replace("base_model.model.", "").replace(".default", ""); }
}
