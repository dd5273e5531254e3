package io.weft.run;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weft.golden.Golden;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.train.Batching;
import io.weft.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TrainerStateFileTest {
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private static final TrainSettings EVERY_TWO = settings(2, 3);
    @TempDir Path folder;

    private static TrainSettings settings(int logEvery, int evalEvery) {
        return TrainSettings.DEFAULTS.withBatching(new Batching(3, OptionalInt.empty(), 4, 2))
                .withCadence(new Cadence(logEvery, evalEvery, 100, 3, 0));
    }

    @Test void aRowHoldsTheMeanLossSinceTheRowBefore() throws IOException {
        JsonNode state = written(EVERY_TWO, run(5, 1, 2, 6, 8, 3));
        JsonNode history = state.path("log_history");
        assertThat(column(history, "step")).containsExactly(2.0, 3.0, 4.0, 5.0, 5.0);
        assertThat(column(history, "loss")).containsExactly(1.5, 7.0, 3.0);
        assertThat(column(history, "eval_loss")).containsExactly(0.25);
        assertThat(column(history, "learning_rate")).containsExactly(2e-4, 4e-4, 5e-4);
        assertThat(column(history, "train_loss")).containsExactly(4.0);
        assertThat(history.path(1).path("eval_samples_per_second").asDouble()).isEqualTo(10 / 0.5);
        assertThat(history.path(1).path("eval_steps_per_second").asDouble()).isEqualTo(3 / 0.5);
        assertThat(history.path(4).path("train_samples_per_second").asDouble()).isEqualTo(2.5 * 16 / 10);
    }

    @Test void metricsAreSpelledAsTrlSpellsThem() throws IOException {
        JsonNode history = written(EVERY_TWO, List.of(new Started(0, 2, 2, 16, 10, 1, 1, false),
                new StepDone(1, 0.5, 1, 1, 1, 50, 100, 2, Map.of("rewards/margins", 0.5)),
                new StepDone(2, 1, 1, 1, 1, 50, 100, 2, Map.of("rewards/margins", 1.0, "logps/chosen", -3.0)),
                new Evaluated(2, 1, 1, 10, 10, true, 0.5, Map.of("rewards/margins", 2.0)))).path("log_history");
        assertThat(column(history, "rewards/margins")).containsExactly(0.75);
        assertThat(column(history, "logps/chosen")).containsExactly(-3.0);
        assertThat(column(history, "eval_rewards/margins")).containsExactly(2.0);
    }

    @Test void theStateKnowsTheBestCheckpointAndWhereTheRunIs() throws IOException {
        JsonNode state = written(EVERY_TWO, run(5, 1, 2, 6, 8, 3));
        assertThat(state.path("global_step").asInt()).isEqualTo(5);
        assertThat(state.path("max_steps").asInt()).isEqualTo(5);
        assertThat(state.path("epoch").asDouble()).isEqualTo(2.5);
        assertThat(state.path("num_train_epochs").asInt()).isEqualTo(3);
        assertThat(state.path("num_input_tokens_seen").asInt()).isEqualTo(500);
        assertThat(state.path("best_metric").asDouble()).isEqualTo(0.25);
        assertThat(state.path("best_global_step").asInt()).isEqualTo(3);
        assertThat(state.path("best_model_checkpoint").asText()).isEqualTo("checkpoints/step-00000003");
    }

    @Test void aRunThatGoesOnHasNoLastRowAndMayHaveNoBest() throws IOException {
        JsonNode state = written(EVERY_TWO, run(5, 1, 2).subList(0, 3));
        assertThat(column(state.path("log_history"), "step")).containsExactly(2.0);
        assertThat(state.path("best_metric").isNull()).isTrue();
        assertThat(state.at("/stateful_callbacks/TrainerControl/args/should_training_stop").asBoolean()).isFalse();
    }

    @Test void aLossThatIsNotFiniteIsPythonsNaN() throws IOException {
        JsonNode state = written(EVERY_TWO, run(2, 1, Double.NaN));
        assertThat(Files.readString(folder.resolve("trainer_state.json"))).contains("\"loss\": NaN");
        assertThat(state.path("log_history").path(0).path("loss").asDouble()).isNaN();
    }

    @Test void theKeysAreTransformers() throws IOException {
        assertThat(written(EVERY_TWO, run(2, 1, 1)).fieldNames()).toIterable()
                .containsExactly("best_global_step", "best_metric", "best_model_checkpoint", "epoch", "eval_steps",
                "global_step",
                "is_hyper_param_search", "is_local_process_zero", "is_world_process_zero", "log_history",
                "logging_steps", "max_steps", "num_input_tokens_seen", "num_train_epochs",
                "save_steps", "stateful_callbacks", "total_flos", "train_batch_size", "trial_name", "trial_params");
    }

    @Test void theHistoryOfAWholeRunIsTrls() throws IOException {
        int ran = 0;
        for (Path run : Golden.folders("train", "golden.json")) {
            JsonNode golden = Golden.json(run.resolve("golden.json"));
            if (golden.has("log")) {
                history(golden);
                ran++;
            } else {
                Golden.skipped(run, "no log of a run");
            }
        }
        Golden.ran("trainer_state.json histories", ran, ran);
    }

    private void history(JsonNode golden) throws IOException {
        JsonNode expected = golden.path("log"), config = golden.path("config");
        int steps = golden.path("max_steps").asInt(), heldOut = golden.path("eval_rows").asInt();
        List<RunEvent> events = new ArrayList<>(List.of(new Started(0, steps, steps / config.path("epochs").asInt(),
                golden.path("train_rows").asInt(), heldOut, 1, 1, false)));
        double best = Double.POSITIVE_INFINITY;
        for (JsonNode row : expected) {   // logging_steps is 1, so the rows are the events
            int step = row.path("step").asInt();
            double epoch = row.path("epoch").asDouble();
            if (row.has("loss")) {
                events.add(new StepDone(step, epoch, row.path("loss").asDouble(), row.path("grad_norm").asDouble(),
                        row.path("learning_rate").asDouble(), 1, 1, 1));
            } else if (row.has("eval_loss")) {
                double loss = row.path("eval_loss").asDouble();
                events.add(new Evaluated(step, epoch, loss, 1, heldOut, loss < best, 1));
                best = Math.min(best, loss);
            } else {
                events.add(new Finished(step, Finished.Reason.DONE, row.path("train_loss").asDouble(), 3, best, 1));
            }
        }
        JsonNode state = written(settings(1, config.path("eval_steps").asInt()), events),
                history = state.path("log_history");
        assertThat(history.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            for (String key : List.of("step", "epoch", "loss", "grad_norm", "learning_rate", "eval_loss",
                    "train_loss")) {
                assertThat(history.path(i).path(key)).as("%s of row %d", key, i)
                        .isEqualTo(asWritten(expected.path(i).path(key)));
            }
        }
        assertThat(state.path("best_metric").asDouble())
                .isCloseTo(golden.path("best_metric").asDouble(), within(1e-15));
        assertThat(state.path("best_global_step")).isEqualTo(golden.path("best_step"));
    }

    private static JsonNode asWritten(JsonNode number) throws IOException {
        return number.isMissingNode() ? number : JSON.readTree(number.toString());
    }

    /** Steps with these losses, an evaluation with a checkpoint after step 3, two steps an epoch. */
    private static List<RunEvent> run(int steps, double... losses) {
        List<RunEvent> events = new ArrayList<>(List.of(new Started(0, steps, 2, 16, 10, 1, 1, false)));
        for (int step = 1; step <= losses.length; step++) {
            events.add(new StepDone(step, step / 2.0, losses[step - 1], 1, step * 1e-4, 50, 100, 2));
            if (step == 3) {
                events.add(new Evaluated(step, step / 2.0, 0.25, 10, 10, true, 0.5));
                events.add(new Saved(step, "checkpoints/step-00000003"));
            }
        }
        events.add(new Finished(losses.length, Finished.Reason.DONE, 4, 3, 0.25, 10));
        return events;
    }

    private JsonNode written(TrainSettings settings, List<RunEvent> events) throws IOException {
        Path file = folder.resolve("trainer_state.json");
        TrainerStateFile.write(file, settings.cadence(), settings.batching().batch(), events);
        return JSON.readTree(Files.readString(file));
    }

    private static List<Double> column(JsonNode rows, String key) {
        return StreamSupport.stream(rows.spliterator(), false).filter(row -> row.has(key))
                .map(row -> row.path(key).asDouble()).collect(Collectors.toList());
    }
}
