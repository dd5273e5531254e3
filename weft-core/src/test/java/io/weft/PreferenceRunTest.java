package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.generate.Sampling;
import io.weft.objective.preference.Dpo;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Learning from preferences, from a recipe to an evaluation. */
class PreferenceRunTest {
    private static final String ADAPTER = "adapter/adapter_model.safetensors";
    @TempDir Path folder;
    private Path base;

    @BeforeEach void makeModel() { base = TinyRun.base(folder.resolve("base"), DType.F32); }

    /** Of which the polite answer was chosen. */
    private Path preferences() throws IOException {
        return Files.writeString(folder.resolve("preferences.jsonl"), IntStream.range(0, 24).mapToObj(i ->
                "{\"prompt\": \"the teacher reads row " + i + "\", \"chosen\": \"my friend writes a letter? " + i
                + "\", \"rejected\": \"a small model trains on ten rows!\"}\n").collect(Collectors.joining()));
    }

    private Recipe recipe(Path rows, String... settings) {
        return TinyRun.recipe(base, rows, "train.objective=dpo", "data.prompt=plain", "train.steps=12", "train.batch=2",
                "train.accumulate=2", "train.learningRate=0.01").with(settings);
    }

    private static Finished train(Recipe recipe, Path out) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {})) {
                return run.train();
            }
        });
    }

    @Test void whereNoLearningRateIsGivenPreferencesTakeATwentiethOfTheMethods() throws IOException {
        Path out = folder.resolve("run");
        train(TinyRun.recipe(base, preferences(), "train.objective=dpo", "data.prompt=plain", "train.steps=1",
                "train.learningRate=null"), out);
        Recipe decided = Recipe.read(out.resolve("recipe.yaml"));
        assertThat(decided.train().optimizer().learningRate().orElseThrow())
                .isCloseTo(decided.tuning().learningRate() / 20, within(1e-12));
    }

    @Test void aRunLearnsToPreferWhatWasChosen() throws IOException {
        Path out = folder.resolve("run");
        train(recipe(preferences()), out);
        List<StepDone> steps = only(out, StepDone.class);
        assertThat(steps.get(0).loss()).as("an untuned model prefers nothing").isCloseTo(Math.log(2), within(1e-6));
        assertThat(steps.get(0).metrics().keySet()).containsExactly("rewards/chosen", "rewards/rejected",
                "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected");
        List<Evaluated> evaluations = only(out, Evaluated.class);
        Evaluated last = evaluations.get(evaluations.size() - 1);
        assertThat(last.loss()).isLessThan(0.9 * Math.log(2));
        assertThat(last.metrics().get("rewards/accuracies")).isEqualTo(1);
        assertThat(last.rows()).isEqualTo(6);
        assertThat(last.trainedTokens()).isGreaterThan(2 * 6);
        JsonNode rows = new ObjectMapper().readTree(Files.readString(out.resolve("trainer_state.json")))
                .path("log_history");
        assertThat(rows.findValues("eval_rewards/margins")).hasSameSizeAs(evaluations);
        assertThat(rows.findValues("rewards/margins")).isNotEmpty();
        assertThat(Recipe.read(out.resolve("recipe.yaml")).train().objective()).isEqualTo(new Dpo(0.1));
    }

    @Test void betaIsTheObjectivesOwnSetting() throws IOException {
        Path rows = preferences();
        assertThat(recipe(rows, "train.objective.dpo.beta=0.5").train().objective()).isEqualTo(new Dpo(0.5));
        assertThatThrownBy(() -> recipe(rows, "train.objective.dpo.beta=0")).isInstanceOf(UserError.class)
                .hasMessageContaining("train.objective.dpo.beta: expected a number above 0");
    }

    @Test void aRunThatIsStoppedGoesOnBitForBit() throws IOException {
        Path rows = preferences(), whole = folder.resolve("whole"), stopped = folder.resolve("stopped");
        Recipe recipe = recipe(rows, "tuning.lora.dropout=0.1", "train.saveEvery=5");
        train(recipe, whole);
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(recipe, stopped, event -> {
                if (event instanceof StepDone && event.step() == 7) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                run.train();
            }
            try (TrainingRun run = TrainingRun.resume(stopped, event -> {})) {
                assertThat(run.resumesFrom()).isEqualTo(7);
                run.train();
            }
        });
        assertThat(Files.mismatch(whole.resolve(ADAPTER), stopped.resolve(ADAPTER))).isEqualTo(-1);
        assertThat(log(stopped)).isEqualTo(log(whole));
    }

    private static List<String> log(Path run) throws IOException {
        return Files.readAllLines(run.resolve("events.jsonl")).stream()
                .map(line -> line.replaceAll("\"(at|seconds)\":(\"[^\"]*\"|[0-9.E-]+)", "")).toList();
    }

    @Test void theBestPreferenceEndsTheRunEarly() throws IOException {
        Path out = folder.resolve("run");
        // steps too small for any float: no evaluation is better than the first, on every CPU
        Finished finished = train(recipe(preferences(), "train.steps=80", "train.evalEvery=2", "train.patience=2",
                "train.learningRate=1e-30", "train.schedule=constant", "train.warmupSteps=0"), out);
        assertThat(finished.reason()).isEqualTo(Reason.PATIENCE);
        Evaluated best = only(out, Evaluated.class).stream().filter(Evaluated::best)
                .reduce((earlier, later) -> later).orElseThrow();
        assertThat(finished.bestStep()).isEqualTo(best.step());
        assertThat(finished.bestLoss()).isEqualTo(best.loss());
    }

    @Test void aFinishedRunIsJudgedByItsOwnObjective() throws IOException {
        Path out = folder.resolve("run");
        Finished finished = train(recipe(preferences()), out);
        Comparison comparison = EvaluationRun.evaluate(out, EvaluationSettings.DEFAULTS
                .withSampling(Sampling.DEFAULTS.withMaxNewTokens(8)), EvaluationRun.Listener.NONE);
        Comparison.Line loss = comparison.line(Measure.LOSS).orElseThrow();
        assertThat(loss.base()).isCloseTo(Math.log(2), within(1e-6));
        assertThat(loss.tuned()).isCloseTo(finished.bestLoss(), within(1e-5));
        assertThat(comparison.line(Measure.PERPLEXITY)).isEmpty();
        assertThat(comparison.line(Measure.ROUGE_L)).as("against the chosen answers").isPresent();
        assertThat(comparison.notApplicable()).first().asString().contains("perplexity").contains("dpo");
        JsonNode scores = new ObjectMapper().readTree(Files.readString(out.resolve("evaluation/scores.json")));
        assertThat(scores.at("/tuned/loss/rows").asInt()).isEqualTo(6);
        assertThat(scores.path("tuned").path("loss").path("metrics").path("rewards/accuracies").asDouble())
                .isEqualTo(1);
        assertThat(Files.readString(out.resolve("evaluation/report.html"))).contains("dpo");
    }

    @Test void rowsThatTheObjectiveDoesNotEatAreRefusedByName() throws IOException {
        Path out = folder.resolve("run");
        assertThatThrownBy(() -> train(recipe(TinyRun.rows(folder.resolve("rows.jsonl"), 24)), out))
                .isInstanceOf(UserError.class).hasMessageContaining("rows.jsonl").hasMessageContaining("conversations")
                .hasMessageContaining("dpo").hasMessageContaining("preference").hasMessageContaining("sft");
        assertThat(out).doesNotExist();
        Path pairs = preferences();
        assertThatThrownBy(() -> train(TinyRun.recipe(base, pairs, "data.format=preference"), out))
                .isInstanceOf(UserError.class).hasMessageContaining("rows are preferences")
                .hasMessageContaining("train.objective (dpo, ");
        assertThat(out).doesNotExist();
    }

    @Test void whatOverwritesTheReferenceIsRefused() throws IOException {
        Path pairs = preferences();
        assertThatThrownBy(() -> recipe(pairs, "tuning.full=true")).isInstanceOf(UserError.class)
                .hasMessageContaining("tuning.full").hasMessageContaining("dpo").hasMessageContaining("lora")
                .hasMessageContaining("orpo, simpo, cpo");
    }

    private static <E> List<E> only(Path run, Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
