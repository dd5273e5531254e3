package io.weft.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weft.file.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Hugging Face's {@code trainer_state.json}, so that tools that plot or read its runs read ours: transformers' {@code
 * TrainerState.load_from_json} takes it. Keys and meaning are transformers' (trainer_callback.py, trainer.py): a
 * training row's loss and metrics are the means of the steps since the row before. Like there, a loss that is not
 * finite is a bare NaN.
 */
public final class TrainerStateFile {
    private static final ObjectWriter JSON = JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build()
            .writer(layout());

    private final Cadence cadence;
    private final int batch;
    private final RunEvents run;

    private TrainerStateFile(Cadence cadence, int batch, RunEvents run) {
        this.cadence = cadence;
        this.batch = batch;
        this.run = run;
    }

    /**
     * Writes the state that these events lead to, replacing the file as a whole.
     *
     * @param batch rows in a micro-batch
     * @param events from the run's start on, see {@link EventLog#events}
     */
    public static void write(Path file, Cadence cadence, int batch, List<RunEvent> events) {
        var state = new TrainerStateFile(cadence, batch, RunEvents.of(events));
        try {
            AtomicFile.write(file, (JSON.writeValueAsString(state.keys()) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);   // only numbers, strings and maps
        }
    }

    private Map<String, Object> keys() {
        Map<String, Object> keys = new TreeMap<>();
        var best = run.bestStep();
        keys.put("best_global_step", best.map(RunEvents.Best::step).orElse(null));
        keys.put("best_metric", best.map(RunEvents.Best::loss).orElse(null));
        keys.put("best_model_checkpoint", best.flatMap(one -> run.folderSavedAt(one.step())).orElse(null));
        keys.put("epoch", run.epoch());
        keys.put("global_step", run.lastStep());
        keys.put("max_steps", run.started().steps());
        keys.put("num_train_epochs",
                (int) Math.ceil((double) run.started().steps() / Math.max(1, run.started().stepsPerEpoch())));
        // a sum over some of the steps would be taken for the whole
        keys.put("num_input_tokens_seen", run.isWhole()
                ? run.steps().stream().mapToLong(RunEvent.StepDone::tokens).sum() : null);
        keys.put("logging_steps", cadence.logEvery());
        keys.put("eval_steps", cadence.evalEvery());
        keys.put("save_steps", cadence.saveEvery());
        keys.put("train_batch_size", batch);
        keys.put("log_history", logHistory());
        keys.put("total_flos", 0.0);   // not counted
        keys.put("is_local_process_zero", true);
        keys.put("is_world_process_zero", true);
        keys.put("is_hyper_param_search", false);
        keys.put("trial_name", null);
        keys.put("trial_params", null);
        keys.put("stateful_callbacks", Map.of("TrainerControl", Map.of("args", control(), "attributes", Map.of())));
        return keys;
    }

    private Map<String, Object> control() {
        return new TreeMap<>(Map.of("should_epoch_stop", false, "should_evaluate", false, "should_log", false,
                "should_save", true, "should_training_stop", run.finished().isPresent()));
    }

    /** One row for each logged step, each evaluation and the end, in the order they happened. */
    private List<Map<String, Object>> logHistory() {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<RunEvent.StepDone> sinceLastRow = new ArrayList<>();
        for (RunEvent event : run.all()) {
            if (event instanceof RunEvent.StepDone done) {
                sinceLastRow.add(done);
                if (done.step() % cadence.logEvery() == 0 || done.step() == run.lastStep()) {
                    rows.add(trainRow(done, sinceLastRow));
                    sinceLastRow.clear();
                }
            } else if (event instanceof RunEvent.Evaluated evaluated) {
                rows.add(evalRow(evaluated));
            } else if (event instanceof RunEvent.Finished finished) {
                rows.add(lastRow(finished));
            }
        }
        return rows;
    }

    private static Map<String, Object> trainRow(RunEvent.StepDone done, List<RunEvent.StepDone> sinceLastRow) {
        Map<String, Object> keys = new TreeMap<>(RunEvents.meanMetrics(sinceLastRow));
        keys.put("loss", sinceLastRow.stream().mapToDouble(RunEvent.StepDone::loss).average().orElseThrow());
        keys.put("grad_norm", done.gradientNorm());
        keys.put("learning_rate", done.learningRate());
        return row(done.step(), done.epoch(), keys);
    }

    private Map<String, Object> evalRow(RunEvent.Evaluated evaluated) {
        double batches = Math.ceil((double) evaluated.rows() / batch);
        Map<String, Object> keys = new TreeMap<>();
        evaluated.metrics().forEach((name, value) -> keys.put("eval_" + name, value));
        keys.put("eval_loss", evaluated.loss());
        keys.put("eval_runtime", evaluated.seconds());
        keys.put("eval_samples_per_second", rate(evaluated.rows(), evaluated.seconds()));
        keys.put("eval_steps_per_second", rate(batches, evaluated.seconds()));
        return row(evaluated.step(), evaluated.epoch(), keys);
    }

    private Map<String, Object> lastRow(RunEvent.Finished finished) {
        Map<String, Object> keys = new TreeMap<>(Map.of("train_loss", finished.trainLoss(), "train_runtime",
                finished.seconds(), "total_flos", 0.0,
                "train_samples_per_second", rate(run.started().trainRows() * run.epoch(), finished.seconds()),
                "train_steps_per_second", rate(finished.step(), finished.seconds()),
                "train_end", finished.reason().word()));   // ours; transformers has no word for it
        if (Double.isFinite(finished.untouchedLoss())) {
            keys.put("eval_loss_untouched", finished.untouchedLoss());
        }
        return row(finished.step(), run.epoch(), keys);
    }

    private static Map<String, Object> row(int step, double epoch, Map<String, Object> keys) {
        Map<String, Object> row = new TreeMap<>(keys);
        row.put("step", step);
        row.put("epoch", epoch);
        return row;
    }

    private static double rate(double count, double seconds) { return seconds > 0 ? count / seconds : 0; }

    /** Python's {@code json.dumps(indent=2)}. */
    private static DefaultPrettyPrinter layout() {
        var lines = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)).withObjectIndenter(lines)
                .withArrayIndenter(lines);
    }
}
