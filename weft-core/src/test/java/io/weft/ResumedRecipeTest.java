package io.weft;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.evaluate.EvaluationSettings;
import io.weft.file.Folders;
import io.weft.file.Sha256;
import io.weft.loaded.LoadedModel;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Changed;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A run is what its recipe says from its first step to its last: an edit of recipe.yaml between stop and resume is
 * refused by key, a change that is asked for is taken and written down, and nothing is written before.
 */
class ResumedRecipeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir static Path shared;
    private static Path whole, stopped, base;
    private static Language language;
    @TempDir Path folder;
    private Path run;

    @BeforeAll static void trainOnce() {
        language = Language.current();
        Language.use(Language.ENGLISH);
        base = TinyRun.base(shared.resolve("base"), DType.F32);
        Recipe recipe = TinyRun.recipe(base, TinyRun.rows(shared.resolve("rows.jsonl"), 24), "train.steps=12",
                "train.evalEvery=6", "train.saveEvery=4", "train.batch=2", "train.keepCheckpoints=2",
                "data.pack=false");
        whole = TinyRun.trained(recipe, shared.resolve("whole"));
        stopped = TinyRun.stopped(recipe, shared.resolve("stopped"), 5);
    }

    @AfterAll static void back() { Language.use(language); }

    @BeforeEach void copy() { run = TinyRun.copy(stopped, folder.resolve("run")); }

    @Test void everyEditIsRefusedByItsKeyAtOnceAndNothingIsWritten() throws IOException {
        edit(yaml -> yaml.replace("alpha: 32", "alpha: 64").replace("seed: 42", "seed: 7").replace("pack: false",
                "pack: true").replace("learningRate: 0.02", "learningRate: 1e-4"));
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> resume(Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("checkpoint " + run.resolve("checkpoints/step-00000005"))
                .hasMessageContaining("tuning.lora.alpha: 32 -> 64: edited in recipe.yaml since, and cannot change in "
                + "a run: the checkpoint's adapter was trained under it").hasMessageContaining("Write 32 there again")
                .hasMessageContaining("train.seed: 42 -> 7: ").hasMessageContaining("data.pack: false -> true: ")
                .hasMessageContaining("train.learningRate: 0.02 -> 1e-4: edited in recipe.yaml since")
                .hasMessageContaining("To take what a run can take: weft resume " + run
                + " --restore-recipe --change train.learningRate=1e-4");
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    @Test void severalEditsThatARunCanTakeAreTakenByOneCommand() throws IOException {
        edit(yaml -> yaml.replace("learningRate: 0.02", "learningRate: 1e-4").replace("steps: 12", "steps: 6"));
        assertThatThrownBy(() -> resume(Resumption.changing("train.logEvery=3"))).isInstanceOf(UserError.class)
                .hasMessageContaining("weft resume " + run + " --change train.logEvery=3 --change train.steps=6 "
                + "--change train.learningRate=1e-4");
        resume(Resumption.changing("train.logEvery=3", "train.steps=6", "train.learningRate=1e-4"));
        assertThat(only(Changed.class)).hasSize(3);
    }

    @Test void layoutCommentsAndDefaultsThatAreLeftOutAreNoEdits() throws IOException {
        edit(yaml -> "# my run\r\n" + yaml.replace("alpha: 32", "alpha: 32.0   # as usual")
                .replaceFirst("\n *dropout: 0.1\n", "\n").replace("learningRate: 0.02", "learningRate: 2e-2")
                .replaceFirst("\n *clipNorm: 1\n", "\n").replace("\n", "\r\n"));
        String edited = Files.readString(run.resolve("recipe.yaml"));
        resume(Resumption.PLAIN);
        KilledRunTest.same(whole, run);
        assertThat(run.resolve("recipe.yaml")).as("a comment stays").hasContent(edited);
    }

    @Test void aCheckpointOfAnOlderWeftSaysThatNothingCouldBeCompared() throws IOException {
        Path checkpoint = run.resolve("checkpoints/step-00000005"), state = checkpoint.resolve("state.json"),
                manifest = checkpoint.resolve("manifest.json");
        ObjectNode old = (ObjectNode) JSON.readTree(state.toFile());
        Files.writeString(state, old.without(List.of("recipe", "base")).toString());
        ObjectNode seals = ((ObjectNode) JSON.readTree(manifest.toFile())).put("version", 1);
        ((ObjectNode) seals.path("files").path("state.json")).put("bytes", Files.size(state))
                .put("sha256", Sha256.of(state));
        Files.writeString(manifest, seals.toString());
        assertThat(TinyRun.resumed(run, Resumption.PLAIN)).filteredOn(Warned.class::isInstance)
                .extracting(event -> ((Warned) event).kind()).containsExactly("resume.unrecorded");
        KilledRunTest.same(whole, run);
    }

    @Test void aDecidedValueThatWasDeletedIsAnEditToo() throws IOException {
        edit(yaml -> yaml.replaceFirst("\n *threads: \\d+\n", "\n").replaceFirst("\n *warmupSteps: \\d+\n", "\n"));
        assertThatThrownBy(() -> resume(Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("train.warmupSteps: 1 -> null").hasMessageContaining("train.threads: ");
    }

    @Test void anotherWayOfTuningIsOneEditNotMany() throws IOException {
        edit(yaml -> yaml.replaceFirst("(?s)tuning:\n.*?\ntrain:", "tuning: ia3\ntrain:"));
        assertThatThrownBy(() -> resume(Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("tuning: lora -> ia3").hasMessageNotContaining("tuning.lora");
    }

    @Test void aChangeThatIsAskedForHoldsFromTheCheckpointOnAndIsWrittenDown() throws IOException {
        resume(Resumption.changing("train.learningRate=0.005", "train.schedule=constant", "train.logEvery=1"));
        assertThat(Recipe.read(run.resolve("recipe.yaml"))).isEqualTo(Recipe.read(stopped.resolve("recipe.yaml"))
                .with("train.learningRate=0.005", "train.schedule=constant", "train.logEvery=1"));
        assertThat(only(Changed.class)).containsExactly(
                new Changed(5, "train.learningRate", "0.02", "0.005"),
                new Changed(5, "train.schedule", "linear", "constant"), new Changed(5, "train.logEvery", "10", "1"));
        List<StepDone> steps = only(StepDone.class);
        assertThat(steps).extracting(RunEvent::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(steps.subList(0, 5)).extracting(StepDone::learningRate).isEqualTo(EventLog.events(
                whole.resolve("events.jsonl")).stream().filter(StepDone.class::isInstance).limit(5)
                .map(event -> ((StepDone) event).learningRate()).toList());
        assertThat(steps.subList(5, 12)).extracting(StepDone::learningRate).containsOnly(0.005);
        resume(Resumption.PLAIN);   // the change is the run's recipe from now on
    }

    @Test void aChangeThatWasTakenAndLostItsProcessBeforeTheNextCheckpointStillHolds() throws IOException {
        Scope.run(() -> {
            assertThatThrownBy(() -> {
                try (TrainingRun resumed = TrainingRun.resume(run, Resumption.changing("train.learningRate=0.005"),
                        event -> {
                            if (event instanceof StepDone) {
                                throw new IllegalStateException("killed");
                            }
                        })) {
                    resumed.train();
                }
            }).hasMessage("killed");
        });
        assertThat(newest()).isEqualTo("step-00000005");
        resume(Resumption.PLAIN);
        assertThat(only(Changed.class)).containsExactly(new Changed(5, "train.learningRate", "0.02", "0.005"));
        assertThat(Recipe.read(run.resolve("recipe.yaml")).train().optimizer().learningRate()).hasValue(0.005);
    }

    @Test void anEditIsTakenWhenTheChangeIsAskedForToo() throws IOException {
        edit(yaml -> yaml.replace("learningRate: 0.02", "learningRate: 0.005"));
        resume(Resumption.changing("train.learningRate=5e-3"));
        assertThat(only(Changed.class)).extracting(Changed::after).containsExactly("0.005");
    }

    @Test void whatARunCannotTakeIsRefusedByKeyWithTheRest() {
        assertThatThrownBy(() -> resume(Resumption.changing("tuning.lora.rank=4", "train.batch=1", "data.maxLength=80",
                "train.learningRate=1e-3"))).isInstanceOf(UserError.class)
                .hasMessageContaining("tuning.lora.rank: 8 -> 4: cannot change in a run: the matrices in the "
                + "checkpoint")
                .hasMessageContaining("train.batch: 2 -> 1: ").hasMessageContaining("data.maxLength: 96 -> 80: ")
                .hasMessageNotContaining("learningRate");
        assertThatThrownBy(() -> resume(Resumption.changing("train.lerningRate=1"))).isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean learningRate?");
        assertThatThrownBy(() -> resume(Resumption.changing("train.steps=3"))).isInstanceOf(UserError.class)
                .hasMessageContaining("has done 5 steps and cannot end after 3");
        assertThatThrownBy(() -> resume(Resumption.changing("train.epochs=9"))).isInstanceOf(UserError.class)
                .hasMessageContaining("train.steps is 12 and goes before it");
    }

    @Test void aFinishedRunTrainsLonger() throws IOException {
        run = TinyRun.copy(whole, folder.resolve("longer"));
        resume(Resumption.changing("train.steps=15"));
        assertThat(only(StepDone.class)).extracting(RunEvent::step).endsWith(14, 15).hasSize(15);
        assertThat(only(Finished.class)).hasSize(1);
    }

    @Test void aRecipeThatWasHalfWrittenIsWrittenAgainFromTheCheckpoint() throws IOException {
        String before = Files.readString(run.resolve("recipe.yaml"));
        for (String broken : List.of(before.substring(0, before.length() / 2), "", "model: [", "\0\0\0")) {
            Files.writeString(run.resolve("recipe.yaml"), broken);
            assertThatThrownBy(() -> resume(Resumption.PLAIN)).as(broken).isInstanceOf(UserError.class)
                    .hasMessageContaining("weft resume " + run + " --restore-recipe");
        }
        Files.delete(run.resolve("recipe.yaml"));
        assertThatThrownBy(() -> resume(Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("has lost its recipe.yaml").hasMessageContaining("--restore-recipe");
        resume(new Resumption(List.of(), false, true));
        assertThat(run.resolve("recipe.yaml")).hasContent(before);
        KilledRunTest.same(whole, run);
    }

    @Test void beforeTheFirstCheckpointAnEditOfWhatPreparedTheRowsIsRefused() throws IOException {
        Folders.delete(run.resolve("checkpoints"));
        Files.delete(run.resolve("events.jsonl"));
        edit(yaml -> yaml.replace("seed: 42", "seed: 7").replace("heldOut: 0.25", "heldOut: 0.5"));
        assertThatThrownBy(() -> resume(Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("train.seed: 42 -> 7").hasMessageContaining("data.heldOut: 0.25 -> 0.5");
    }

    @Test void aFinishedRunIsNotJudgedUnderAnotherRecipe() throws IOException {
        run = TinyRun.copy(whole, folder.resolve("finished"));
        edit(yaml -> yaml.replace("alpha: 32", "alpha: 64").replace("maxLength: 96", "maxLength: 90"));
        assertThatThrownBy(() -> Scope.run(() -> EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS,
                EvaluationRun.Listener.NONE))).isInstanceOf(UserError.class)
                .hasMessageContaining("tuning.lora.alpha: 32 -> 64").hasMessageContaining("data.maxLength: 96 -> 90");
        Scope.run(() -> {
            try (LoadedModel model = LoadedModel.open(run)) {
                assertThat(model.adapter().orElseThrow().toString()).as("the adapter's own file says it")
                        .contains("alpha=32");
            }
        });
    }

    private void edit(UnaryOperator<String> change) throws IOException {
        Path recipe = run.resolve("recipe.yaml");
        String before = Files.readString(recipe), after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        Files.writeString(recipe, after);
    }

    private void resume(Resumption asked) { TinyRun.resumed(run, asked); }

    private String newest() throws IOException {
        try (Stream<Path> all = Files.list(run.resolve("checkpoints"))) {
            return all.map(path -> path.getFileName().toString()).max(String::compareTo).orElseThrow();
        }
    }

    private <E extends RunEvent> List<E> only(Class<E> kind) {
        List<E> found = new ArrayList<>();
        EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast)
                .forEach(found::add);
        return found;
    }
}
