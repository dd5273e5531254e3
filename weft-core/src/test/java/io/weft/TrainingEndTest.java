package io.weft;

import io.weft.model.folder.ModelFolder;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a run leaves that did not come to its last step, since nothing got better in a while or its loss is no number
 * any more, or whose last step was not its best.
 */
class TrainingEndTest {
    private static final String ADAPTER = "adapter_model.safetensors";
    /** Each step multiplies the weights by 1 - 10: after some twenty an fp32 number cannot hold them. */
    static final String[] DIVERGING = {"train.learningRate=10", "train.weightDecay=1", "train.schedule=constant",
            "train.steps=80"};
    @TempDir Path folder;
    private Path base, rows;

    @BeforeEach void makeModelAndRows() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
    }

    @Test void patienceCountsAcrossAStop() {
        String[] settings = {"train.steps=60", "train.evalEvery=2", "train.patience=3", "train.learningRate=0.3",
                "train.schedule=constant", "train.warmupSteps=0"};
        Finished whole = train(folder.resolve("whole"), settings);
        Path stopped = TinyRun.stopped(TinyRun.recipe(base, rows, settings), folder.resolve("stopped"),
                whole.step() - 2);
        assertThat(only(stopped, Finished.class).get(0).reason()).isEqualTo(Reason.STOPPED);
        Finished finished = resumed(stopped);
        assertThat(finished.reason()).isEqualTo(Reason.PATIENCE);
        assertThat(finished.step()).isEqualTo(whole.step());
        assertThat(finished.bestStep()).isEqualTo(whole.bestStep());
    }

    @Test void aRunThatGetsNoBetterEndsAfterItsPatienceWithTheBest() throws IOException {
        Path out = folder.resolve("run");
        Finished finished = train(out, "train.batch=2", "train.warmupSteps=1", "train.evalEvery=1", "train.steps=40",
                "train.learningRate=1", "train.patience=3");
        List<Evaluated> evaluated = only(out, Evaluated.class);
        assertThat(finished.reason()).isEqualTo(Reason.PATIENCE);
        int best = evaluated.stream().filter(Evaluated::best).mapToInt(Evaluated::step).max().orElseThrow();
        assertThat(finished.bestStep()).isEqualTo(best);
        assertThat(finished.step()).as("three evaluations after the best").isEqualTo(best + 3).isLessThan(40);
        assertThat(evaluated.stream().skip(best)).hasSize(3).noneMatch(Evaluated::best)
                .allMatch(worse -> worse.loss() >= finished.bestLoss());
        assertThat(out.resolve("adapter").resolve(ADAPTER)).hasSameBinaryContentAs(checkpoint(out, best, ADAPTER));
        Finished again = resumed(out);
        assertThat(again.reason()).isEqualTo(Reason.PATIENCE);
        assertThat(again.step()).isEqualTo(finished.step());
    }

    @Test void aBetterEvaluationRenewsThePatience() {
        Path out = folder.resolve("run");
        Finished finished = train(out, "train.batch=2", "train.warmupSteps=1", "train.evalEvery=1", "train.steps=6",
                "train.learningRate=0.02", "train.patience=1");
        assertThat(only(out, Evaluated.class).stream().limit(5)).allMatch(Evaluated::best);
        assertThat(finished.reason()).isEqualTo(Reason.DONE);
    }

    @Test void aRunThatDivergesIsGivenUpAndKeepsWhatWasBestBefore() throws IOException {
        Path out = folder.resolve("run");
        base = TinyRun.taught(base, rows, folder.resolve("taught"));
        // the first step of a warm-up has learning rate 0, so the first evaluation is the base's
        Finished finished = train(out, diverging("train.warmupSteps=1", "train.evalEvery=1"));
        assertThat(finished.reason()).isEqualTo(Reason.DIVERGED);
        assertThat(finished.bestStep()).isPositive().isLessThan(finished.step() - 2);
        assertThat(finished.bestLoss()).isFinite();
        assertThat(finished.trainLoss()).isFinite();
        List<StepDone> steps = only(out, StepDone.class);
        assertThat(steps.subList(steps.size() - 3, steps.size())).allSatisfy(step ->
                assertThat(step.loss() + step.gradientNorm()).isNaN());
        List<Warned> warnings = only(out, Warned.class).stream()
                .filter(warned -> warned.kind().matches("(loss|gradient)\\.notFinite")).toList();
        assertThat(warnings).hasSize(3).allSatisfy(warned -> {
            assertThat((String) warned.arguments().get(2)).as("the rows that it was").startsWith("[");
        }).extracting(warned -> warned.arguments().get(0)).containsExactly(1L, 2L, 3L);
        assertThat(out.resolve("adapter").resolve(ADAPTER)).hasSameBinaryContentAs(checkpoint(out,
                finished.bestStep(), ADAPTER));
        assertThat(resumed(out).reason()).isEqualTo(Reason.DIVERGED);
        assertThat(only(out, StepDone.class)).hasSameSizeAs(steps);
    }

    @Test void aRunThatDivergesBeforeItWasEverEvaluatedLeavesNoResult() {
        Path out = folder.resolve("run");
        Finished finished = train(out, diverging("train.warmupSteps=0", "train.evalEvery=100"));
        assertThat(finished.reason()).isEqualTo(Reason.DIVERGED);
        assertThat(finished.bestStep()).isEqualTo(-1);
        assertThat(out.resolve("adapter")).doesNotExist();
        assertThat(out.resolve("trainer_state.json")).exists();
    }

    @Test void theBestIsWhatARunLeavesAlsoAfterFullTuning() {
        Path out = folder.resolve("run");
        Finished finished = train(out, "tuning.full=true", "train.learningRate=0.05", "train.schedule=constant",
                "train.warmupSteps=0", "train.steps=12", "train.evalEvery=1", "train.keepCheckpoints=1");
        assertThat(finished.reason()).isEqualTo(Reason.DONE);
        assertThat(finished.bestStep()).isPositive().isLessThan(finished.step());
        Scope.run(() -> {
            var model = ModelFolder.open(out.resolve("model")).load();
            var best = SafeTensors.open(checkpoint(out, finished.bestStep(), "model.safetensors"))
                    .readAll();
            assertThat(best).isNotEmpty().allSatisfy((name, tensor) ->
                    assertThat(model.merged(name).toFloats()).as(name).isEqualTo(tensor.toFloats()));
        });
    }

    private static String[] diverging(String... more) {
        return Stream.concat(Stream.of(DIVERGING), Stream.of(more)).toArray(String[]::new);
    }

    private Finished train(Path out, String... settings) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(TinyRun.recipe(base, rows, settings), out, event -> {})) {
                return run.train();
            }
        });
    }

    private static Finished resumed(Path run) {
        return TinyRun.resumed(run, Resumption.PLAIN).stream().filter(Finished.class::isInstance)
                .map(Finished.class::cast).findFirst().orElseThrow();
    }

    private static Path checkpoint(Path run, int step, String file) {
        return run.resolve(String.format("checkpoints/step-%08d", step)).resolve(file);
    }

    private static <E extends RunEvent> List<E> only(Path run, Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
