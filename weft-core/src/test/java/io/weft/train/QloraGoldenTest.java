package io.weft.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.quant.Nf4Weight;
import io.weft.objective.Sft;
import io.weft.run.Cadence;
import io.weft.run.RunEvent.StepDone;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.AdapterFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** LoRA on models that transformers and bitsandbytes saved in NF4, step for step. */
class QloraGoldenTest {
    @Test void stepsOnAQuantisedBaseAgree() {
        int ran = 0;
        for (Path folder : Golden.folders("models_nf4", "golden.json")) {
            Scope.run(() -> steps(folder, Golden.json(folder.resolve("golden.json"))));
            ran++;
        }
        Golden.ran("models_nf4", ran);
    }

    private static void steps(Path folder, JsonNode golden) {
        List<List<Example>> rows = GoldenRows.examples(SafeTensors.open(Golden.at("train/batches.safetensors"))
                .readAll(), "input_ids", "labels", "attention_mask").stream().map(List::of).toList();
        CausalLm model = ModelFolder.open(folder).load();
        assertThat(model.linears().values()).extracting(Linear::weight).hasOnlyElementsOfType(Nf4Weight.class);
        AdapterFolder.attach(model, folder.resolve("init_adapter"));
        int count = golden.path("steps").asInt();
        TrainSettings settings = TrainSettings.DEFAULTS
                .withBatching(new Batching(1, OptionalInt.of(count), golden.path("rows_a_step").asInt(), 1))
                .withOptimizer(new OptimizerSettings(OptionalDouble.empty(), OptionalInt.of(0),
                Schedule.Shape.CONSTANT, golden.path("weight_decay").asDouble(), golden.path("clip").asDouble()))
                .withCadence(new Cadence(1, count, 100, 3, 0));
        TrainingPlan plan = TrainingPlan.of(rows.size(), settings.batching(),
                epoch -> IntStream.range(0, rows.size()).toArray());
        List<StepDone> steps = new ArrayList<>();
        new Trainer(new Trainer.Job(model, new Sft(), settings, golden.path("learning_rate").asDouble(),
                Rows.of(rows.stream().map(row -> row.stream().map(ExampleGroup::of).toList()).toList()), List.of(),
                plan), new AdamW(model.tuned(), settings.optimizer().weightDecay()), TrainState.START, event -> {
            if (event instanceof StepDone step) {
                steps.add(step);
            }
        }, (state, optimizer) -> "nowhere").run();

        assertThat(steps).hasSize(golden.path("trajectory").size());
        for (StepDone step : steps) {
            JsonNode expected = golden.path("trajectory").path(step.step() - 1);
            assertThat(step.loss()).as("step %d", step.step())
                    .isCloseTo(expected.path("loss").asDouble(), within(5e-5));
            assertThat(step.gradientNorm()).as("step %d", step.step())
                    .isCloseTo(expected.path("grad_norm").asDouble(),
                    within(1e-4 * expected.path("grad_norm").asDouble()));
        }
        Map<String, Tensor> last = SafeTensors.open(folder.resolve("final_adapter").resolve(AdapterFolder.WEIGHTS))
                .readAll();
        assertThat(model.tuned()).hasSize(last.size());
        last.forEach((name, tensor) -> assertThat(model.tuned().get(name.replace("base_model.model.", "")).detach()
                .sub(tensor).abs().max().item()).as(name).isLessThan(1e-4));
    }
}
