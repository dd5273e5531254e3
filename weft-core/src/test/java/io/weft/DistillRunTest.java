package io.weft;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.generate.Sampling;
import io.weft.objective.Distill;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Learning from a teacher, from a recipe to an evaluation. */
class DistillRunTest {
    @TempDir Path folder;
    private Path base, rows, teacher;

    /** The teacher knows other rows of the kind. */
    @BeforeEach void makeModels() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        teacher = TinyRun.taught(base, rows, folder.resolve("lessons"));
    }

    private Recipe recipe(String... settings) {
        return TinyRun.recipe(base, rows, "train.objective.distill.teacher=" + teacher,
                "train.objective.distill.weight=1", "train.steps=12", "train.evalEvery=12").with(settings);
    }

    private static Finished train(Recipe recipe, Path out) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {})) {
                return run.train();
            }
        });
    }

    @Test void aRunComesNearItsTeacherAndIsJudgedByIt() {
        Path out = folder.resolve("run");
        Finished finished = train(recipe(), out);
        assertThat(finished.bestLoss()).isLessThan(0.5 * finished.untouchedLoss());
        Evaluated last = EventLog.events(out.resolve("events.jsonl")).stream().filter(Evaluated.class::isInstance)
                .map(Evaluated.class::cast).reduce((earlier, later) -> later).orElseThrow();
        assertThat(last.metrics().keySet()).containsExactly("nll_loss", "kl");
        assertThat(last.metrics().get("kl")).isCloseTo(last.loss(), within(1e-6));
        Comparison comparison = EvaluationRun.evaluate(out, EvaluationSettings.DEFAULTS
                .withSampling(Sampling.DEFAULTS.withMaxNewTokens(4)), EvaluationRun.Listener.NONE);
        Comparison.Line loss = comparison.line(Measure.LOSS).orElseThrow();
        assertThat(loss.tuned()).isCloseTo(finished.bestLoss(), within(1e-5));
        assertThat(loss.base()).isCloseTo(finished.untouchedLoss(), within(1e-5));
    }

    @Test void aRunThatIsStoppedGoesOnBitForBit() {
        Path whole = folder.resolve("whole"), stopped = folder.resolve("stopped");
        Recipe recipe = recipe("train.steps=4", "train.objective.distill.divergence=reverse");
        train(recipe, whole);
        TinyRun.stopped(recipe, stopped, 2);
        TinyRun.resumed(stopped, Resumption.PLAIN);
        assertThat(whole.resolve("adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(stopped.resolve("adapter/adapter_model.safetensors"));
        Distill kept = (Distill) Recipe.read(stopped.resolve("recipe.yaml")).train().objective();
        assertThat(Path.of(kept.teacher())).as("found from anywhere").isAbsolute();
    }

    @Test void aRunDoesNotGoOnWithAnotherTeacher() throws IOException {
        Path stopped = folder.resolve("stopped"), weights = teacher.resolve("model.safetensors");
        TinyRun.stopped(recipe("train.steps=4"), stopped, 2);
        byte[] before = Files.readAllBytes(weights), other = before.clone();
        other[other.length - 1] ^= 1;
        Files.write(weights, other);
        assertThatThrownBy(() -> TinyRun.resumed(stopped, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("train.objective.distill.teacher")
                .hasMessageContaining("model.safetensors has other contents");
        Files.write(weights, before);
        TinyRun.resumed(stopped, Resumption.PLAIN);
    }

    @Test void aTeacherThatIsMissingIsRefusedBeforeAnythingIsWritten() {
        Path out = folder.resolve("run");
        assertThatThrownBy(() -> train(recipe("train.objective.distill.teacher=" + folder.resolve("nobody")), out))
                .isInstanceOf(UserError.class).hasMessageContaining("nobody");
        assertThat(out).doesNotExist();
        assertThatThrownBy(() -> TinyRun.recipe(base, rows, "train.objective=distill"))
                .isInstanceOf(UserError.class).hasMessageContaining("train.objective.distill.teacher");
    }

    @Test void ofSeveralTextsEveryTokenCanBeTaught() throws Exception {
        Path texts = Files.writeString(folder.resolve("texts.txt"), "the cat reads the book.\n\nmy friend writes.\n\n"
                + "the teacher looks at ten rows!\n\na small model.\n");
        Finished finished = train(recipe("data.train=" + texts, "data.heldOut=1", "train.steps=2", "tuning.full=true"),
                folder.resolve("run"));
        assertThat(List.of(finished.bestLoss())).allSatisfy(loss -> assertThat(loss).isFinite());
    }
}
