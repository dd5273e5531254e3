package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.Sample;
import io.weft.estimate.Fitting;
import io.weft.estimate.MemoryEstimate;
import io.weft.evaluate.EvaluationSettings;
import io.weft.model.TinyModels;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.objective.Targets;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.run.WarningText;
import io.weft.settings.Section;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.Scope;
import io.weft.train.TrainSettings;
import io.weft.train.Trainer;
import io.weft.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.weft.problem.Translatable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What a run says at its end is true, and what it says of a loss that is no number looks at the base first. */
class RunJudgeTest {
    /** Far beyond any use, without weight decay: weights stay finite, and the model is lost. */
    private static final String[] TOO_FAST = {"train.learningRate=10", "train.steps=8", "train.evalEvery=4"};
    private final Language before = Language.current();
    @TempDir Path folder;
    private Path base, rows, run;

    @BeforeEach void makeModelAndRows() {
        Language.use(Language.ENGLISH);
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        run = folder.resolve("run");
    }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void aModelThatTuningMadeWorseIsNotDone() throws IOException {
        base = TinyRun.taught(base, rows, folder.resolve("taught"));
        Finished finished = train(TOO_FAST);
        assertThat(finished.reason()).isEqualTo(Reason.WORSE);
        double untouched = finished.untouchedLoss();
        assertThat(finished.bestLoss()).isGreaterThan(untouched);
        String kind = finished.bestLoss() > Math.log(400) ? "result.guessing" : "result.worse";
        assertThat(warned(kind)).hasSize(1).first().satisfies(one -> assertThat(WarningText.of(one))
                .contains("at step " + finished.bestStep(), String.format("%.4f of the untouched model", untouched),
                "Lower train.learningRate (it was 10.0)"));
        assertThat(warned("evaluation.guessing")).hasSameSizeAs(only(Evaluated.class).stream()
                .filter(one -> one.loss() > Math.log(400)).toList());
        assertThat(run.resolve("adapter/adapter_model.safetensors")).exists();
        JsonNode history = new ObjectMapper().readTree(run.resolve("trainer_state.json").toFile()).path("log_history");
        JsonNode last = history.path(history.size() - 1);
        assertThat(last.path("train_end").asText()).isEqualTo("worse");
        assertThat(last.path("eval_loss_untouched").asDouble()).isEqualTo(untouched);

        Finished again = Scope.value(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, event -> {})) {
                return resumed.train();
            }
        });
        assertThat(again.reason()).isEqualTo(Reason.WORSE);
        assertThat(warned(kind)).hasSize(1);
    }

    @Test void theUntouchedModelIsTheBaseAlsoAfterFullTuning() {
        Finished adapter = train("train.steps=2", "train.evalEvery=1", "train.warmupSteps=1");
        // the first step of a warm-up has learning rate 0
        assertThat(adapter.untouchedLoss()).isCloseTo(only(Evaluated.class).get(0).loss(), within(1e-6));
        run = folder.resolve("full");
        Finished full = train("train.steps=2", "train.evalEvery=1", "tuning.full=true", "train.learningRate=0.05");
        assertThat(full.untouchedLoss()).isCloseTo(adapter.untouchedLoss(), within(1e-5));
        assertThat(full.reason()).isEqualTo(Reason.DONE);
    }

    @Test void withoutHeldOutRowsTheRowsOfTheLastStepsTell() {
        Path random = base;
        base = TinyRun.taught(base, rows, folder.resolve("taught"));
        assertThat(train("train.learningRate=10", "train.steps=8", "data.heldOut=0").reason()).isEqualTo(Reason.WORSE);
        assertThat(only(Warned.class)).hasSize(1).first().extracting(Warned::kind).asString()
                .matches("training\\.(worse|guessing)");
        run = folder.resolve("fine");
        assertThat(train("train.learningRate=0.002", "train.steps=8", "data.heldOut=0").reason())
                .isEqualTo(Reason.DONE);
        assertThat(only(Warned.class)).isEmpty();
        base = random;
        run = folder.resolve("unlearned");
        assertThat(train("train.learningRate=1e-6", "train.steps=2", "train.evalEvery=1").reason())
                .as("a random model, and hardly trained").isIn(Reason.UNLEARNED, Reason.WORSE);
        assertThat(warned("result.unlearned").size() + warned("result.guessing").size()).isEqualTo(1);
    }

    @Test void aRunThatWasGoodBeforeItWasLostKeepsTheBestAndSaysSo() {
        base = TinyRun.taught(base, rows, folder.resolve("taught"));
        Finished finished = train("train.learningRate=10", "train.schedule=constant", "train.warmupSteps=5000",
                "train.steps=40", "train.evalEvery=1");
        List<Evaluated> evaluations = only(Evaluated.class);
        assertThat(evaluations.get(evaluations.size() - 1).loss()).isGreaterThan(finished.untouchedLoss());
        assertThat(finished.bestLoss()).isLessThan(finished.untouchedLoss());
        assertThat(finished.reason()).isEqualTo(Reason.SPOILT);
        assertThat(only(Warned.class)).filteredOn(one -> one.kind().startsWith("last.")).hasSize(1).first()
                .satisfies(one -> assertThat(WarningText.of(one)).contains("kept are the weights of step "
                + finished.bestStep()));
    }

    @Test void aBaseThatIsNoNumberIsNamedBeforeAnyAdvice() {
        breakBase();
        Finished finished = train("train.steps=8");
        assertThat(finished.reason()).isEqualTo(Reason.DIVERGED);
        assertThat(finished.step()).as("no further step can mend it").isEqualTo(1);
        assertThat(only(StepDone.class)).hasSize(1);
        assertThat(only(Warned.class)).hasSize(1).first().satisfies(one -> assertThat(WarningText.of(one))
                .contains("model.layers.1.mlp.up_proj.weight", base.resolve("model.safetensors").toString())
                .doesNotContain("learningRate"));
        assertThat(run.resolve("adapter")).doesNotExist();

        Recipe recipe = TinyRun.recipe(base, rows);
        assertThatThrownBy(() -> Scope.run(() -> {
            try (TrainingRun other = TrainingRun.start(recipe, folder.resolve("other"), event -> {})) {
                EvaluationRun.of(other, EvaluationSettings.DEFAULTS).answers((answered, of, tokens) -> {});
            }
        })).isInstanceOf(UserError.class).hasMessageContaining("model.layers.1.mlp.up_proj.weight");
    }

    private void breakBase() {
        Scope.run(() -> {
            ModelFolder folder = ModelFolder.open(base);
            CausalLm model = folder.load();
            model.weights().get("model.layers.1.mlp.up_proj.weight").stored().mulInPlace(Double.POSITIVE_INFINITY);
            folder.write(model, base, DType.F32);
        });
    }

    /** No number for a document of nine targets, and the likelihood of all others. */
    private record Picky() implements Objective {
        @Override public Section<Picky> section() { return Section.of("picky", this, text("for a test")); }

        @Override public Set<Class<? extends Sample>> eats() { return new Sft().eats(); }

        @Override public LossSum loss(Targets targets) {
            return targets.count() == 9 ? new LossSum(Double.NaN, 9) : new Sft().loss(targets);
        }

        @Override public float[] gradient(Targets targets) { return new Sft().gradient(targets); }
    }

    @Test void theRowsThatAloneAreNoNumberAreNamed() {
        Scope.run(() -> {
            ModelFolder opened = ModelFolder.open(base);
            Recipe recipe = TinyRun.recipe(base, rows);
            TrainSettings train = new TrainSettings(new Picky(), recipe.train().batching(),
                    recipe.train().optimizer(), recipe.train().cadence(), recipe.train().average(),
                    recipe.train().compute(), 1);
            List<ExampleGroup> groups = List.of(ExampleGroup.of(TinyModels.example(12, 3)),
                    ExampleGroup.of(TinyModels.example(12, 9)), ExampleGroup.of(TinyModels.example(14, 5)));
            var judge = new RunJudge(opened.load(), opened, new Plan(recipe.withTrain(train),
                    TrainingPlan.of(3, train.batching(), epoch -> new int[] {0, 1, 2}), WeightPlacement.RESIDENT,
                    Device.CPU, new Fitting(Recompute.NEVER, 0, new MemoryEstimate(0, 0, 0, 0, 0, 0, 0), 0),
                    Optional.empty()), train.objective(), Rows.single(groups), List.of(), () -> null,
                    ids -> "tokens "
                    + ids.length);
            Trainer.Cause cause = judge.cause(7, 6, 1, List.of(new int[] {0, 1}, new int[] {2})).orElseThrow();
            assertThat(WarningText.of(cause.told())).contains("the loss of rows [1] alone is not finite",
                    "begins \"tokens 12\"");
            assertThat(cause.hopeless()).isFalse();
            assertThat(judge.cause(7, 6, 1, List.of(new int[] {1}))).as("all rows, after updates").isEmpty();
            assertThat(WarningText.of(judge.cause(1, 0, 1, List.of(new int[] {1})).orElseThrow().told()))
                    .contains("before anything was learned").doesNotContain("learningRate");
        });
    }

    private Finished train(String... settings) {
        return Scope.value(() -> {
            try (TrainingRun started = TrainingRun.start(TinyRun.recipe(base, rows, settings), run, event -> {})) {
                return started.train();
            }
        });
    }

    private List<Warned> warned(String kind) {
        return only(Warned.class).stream().filter(one -> one.kind().equals(kind)).toList();
    }

    private <E extends RunEvent> List<E> only(Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
