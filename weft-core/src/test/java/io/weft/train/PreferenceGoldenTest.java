package io.weft.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Border;
import io.weft.data.ExampleGroup;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Rows;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.preference.Dpo;
import io.weft.run.RunEvent.StepDone;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.token.Tokenizer;
import io.weft.token.encode.ConversationEncoder;
import io.weft.tune.AdapterFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Preferences as TRL's trainer learns them, step for step. */
class PreferenceGoldenTest {
    /** TRL's name of each metric against its name in a trajectory. */
    private static final List<String> METRICS = List.of("rewards/chosen", "rewards/rejected", "rewards/margins",
            "rewards/accuracies", "logps/chosen", "logps/rejected");

    @Test void dpoRunsAgree() {
        int ran = 0;
        for (Path run : Golden.folders("train", "trajectory.json")) {
            JsonNode golden = Golden.json(run.resolve("trajectory.json"));
            if (golden.path("rows").path(0).has("rejected_ids")) {
                int batch = golden.path("batch").asInt();
                trajectory(run, golden, batch, 1);
                trajectory(run, golden, 1, batch);   // accumulation changes nothing
                ran++;
            }
        }
        assumeTrue(ran > 0, "no run of preferences in this set");
        Golden.ran("train by preferences", ran);
    }

    private static void trajectory(Path folder, JsonNode golden, int batch, int accumulate) {
        Scope.run(() -> {
            CausalLm model = model("models/" + golden.path("base").asText(), folder.resolve("init_adapter"));
            List<List<ExampleGroup>> rows = pairs(golden.path("rows")).stream().map(List::of).toList();
            TrainSettings settings = settings(golden, batch, accumulate);
            int[] inOrder = IntStream.range(0, rows.size()).toArray();
            TrainingPlan plan = TrainingPlan.of(rows.size(), settings.batching(), epoch -> inOrder);
            List<StepDone> steps = new ArrayList<>();
            new Trainer(new Trainer.Job(model, new Dpo(golden.path("beta").asDouble()), settings,
                    golden.path("learning_rate").asDouble(), Rows.of(rows), List.of(), plan),
                    new AdamW(model.tuned(), settings.optimizer().weightDecay()), TrainState.START, event -> {
                if (event instanceof StepDone step) {
                    steps.add(step);
                }
            }, (state, optimizer) -> "nowhere").run();

            assertThat(steps).hasSize(golden.path("trajectory").size());
            for (StepDone step : steps) {
                JsonNode expected = golden.path("trajectory").path(step.step() - 1);
                assertThat(step.loss()).isCloseTo(expected.path("loss").asDouble(), within(5e-5));
                assertThat(step.gradientNorm()).isCloseTo(expected.path("grad_norm").asDouble(), within(1e-3));
                assertThat(step.learningRate()).isCloseTo(expected.path("lr").asDouble(),
                        within(1e-9 * expected.path("lr").asDouble()));
                assertThat(step.metrics().keySet()).containsExactlyInAnyOrderElementsOf(METRICS);
                METRICS.forEach(name -> assertThat(step.metrics().get(name)).as(name)
                        .isCloseTo(expected.path(name.replace('/', '_')).asDouble(), within(1e-3)));
            }
            SafeTensors.open(folder.resolve("final_adapter/adapter_model.safetensors")).readAll()
                    .forEach((name, tensor) -> assertThat(model.tuned().get(name.replace("base_model.model.", ""))
                    .detach().sub(tensor).abs().max().item()).as(name).isLessThan(1e-3f));
        });
    }

    private static TrainSettings settings(JsonNode golden, int batch, int accumulate) {
        OptimizerSettings optimizer = TrainSettings.DEFAULTS.optimizer();
        return TrainSettings.DEFAULTS
                .withBatching(new Batching(1, OptionalInt.of(golden.path("steps").asInt()), batch, accumulate))
                .withOptimizer(new OptimizerSettings(optimizer.learningRate(), OptionalInt.of(0),
                        Schedule.Shape.LINEAR, golden.path("weight_decay").asDouble(),
                        golden.path("max_grad_norm").asDouble()));
    }

    /** What the rows are encoded to, from their texts. */
    @Test void theTokensOfPreferencesAgree() {
        int ran = 0;
        for (Path run : Golden.folders("train", "trajectory.json")) {
            JsonNode golden = Golden.json(run.resolve("trajectory.json"));
            for (JsonNode row : golden.path("rows")) {
                if (row.has("rejected_ids")) {
                    encoded(Golden.at("models/" + golden.path("base").asText()), row);
                    ran++;
                }
            }
        }
        assumeTrue(ran > 0, "no run of preferences in this set");
        Golden.ran("preference rows", ran);
    }

    private static void encoded(Path base, JsonNode row) {
        try (Tokenizer tokenizer = Tokenizer.read(base)) {
            var sample = new Preference(List.of(new Message("user", row.path("prompt").asText())),
                    row.path("chosen").asText(), row.path("rejected").asText(), new Place("rows", 1));
            List<ExampleGroup> groups = ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 4096, OverLength.CUT,
                    Border.JOINED)
                    .encode(sample);
            ExampleGroup expected = GoldenRows.pair(row);
            assertThat(groups).hasSize(1);
            for (int n = 0; n < 2; n++) {
                assertThat(groups.get(0).documents().get(n).ids()).isEqualTo(expected.documents().get(n).ids());
                assertThat(groups.get(0).documents().get(n).trained()).isEqualTo(expected.documents().get(n).trained());
            }
        }
    }

    private static CausalLm model(String base, Path adapter) {
        CausalLm model = ModelFolder.open(Golden.at(base)).load();
        AdapterFolder.attach(model, adapter);
        return model;
    }

    private static List<ExampleGroup> pairs(JsonNode rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(GoldenRows::pair).toList();
    }
}
