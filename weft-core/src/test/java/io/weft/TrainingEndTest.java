package io.weft;

import io.weft.model.ModelFolder;
import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The ends that a run can come to, and what it leaves then. */
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

    @Test void aRunWhoseHeldOutLossNoLongerFallsEndsEarlyWithItsBest() throws IOException {
        Path out = folder.resolve("run");
        Finished finished = train(out, "train.steps=60", "train.evalEvery=2", "train.patience=2",
                "train.learningRate=0.3", "train.schedule=constant", "train.warmupSteps=0", "train.keepCheckpoints=1");
        assertThat(finished.reason()).isEqualTo(Finished.Reason.PATIENCE);
        List<Evaluated> evaluations = only(out, Evaluated.class);
        Evaluated best = evaluations.get(evaluations.size() - 3);
        assertThat(best.best()).isTrue();
        assertThat(evaluations.subList(evaluations.size() - 2, evaluations.size()))
                .allSatisfy(after -> assertThat(after.loss()).isGreaterThanOrEqualTo(best.loss()));
        assertThat(finished.step()).isEqualTo(best.step() + 4).isLessThan(60);
        assertThat(finished.bestStep()).isEqualTo(best.step());
        assertThat(only(out, Saved.class)).last().extracting(Saved::step).isEqualTo(finished.step());
        assertThat(Files.mismatch(out.resolve("adapter").resolve(ADAPTER), checkpoint(out, best.step(), ADAPTER)))
                .as("the adapter is the best checkpoint's").isEqualTo(-1);
        assertThat(Files.mismatch(checkpoint(out, finished.step(), ADAPTER), checkpoint(out, best.step(), ADAPTER)))
                .as("and not the last one's").isNotEqualTo(-1);

        Scope.run(() -> {
            try (TrainingRun again = TrainingRun.resume(out, event -> {})) {
                Finished unchanged = again.train();
                assertThat(unchanged.reason()).isEqualTo(Finished.Reason.PATIENCE);
                assertThat(unchanged.step()).as("no step more").isEqualTo(finished.step());
            }
        });
    }

    @Test void patienceCountsAcrossAStop() {
        String[] settings = {"train.steps=60", "train.evalEvery=2", "train.patience=3", "train.learningRate=0.3",
                "train.schedule=constant", "train.warmupSteps=0"};
        Finished whole = train(folder.resolve("whole"), settings);
        Path stopped = folder.resolve("stopped");
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(TinyRun.recipe(base, rows, settings), stopped, event -> {
                if (event instanceof Evaluated && event.step() == whole.step() - 2) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                assertThat(run.train().reason()).isEqualTo(Finished.Reason.STOPPED);
            }
            try (TrainingRun run = TrainingRun.resume(stopped, event -> {})) {
                Finished finished = run.train();
                assertThat(finished.reason()).isEqualTo(Finished.Reason.PATIENCE);
                assertThat(finished.step()).isEqualTo(whole.step());
                assertThat(finished.bestStep()).isEqualTo(whole.bestStep());
            }
        });
    }

    @Test void aRunThatDivergesIsGivenUpAndKeepsWhatWasBestBefore() throws IOException {
        Path out = folder.resolve("run");
        // the first step of a warm-up has learning rate 0, so the first evaluation is the base's
        Finished finished = train(out, diverging("train.warmupSteps=1", "train.evalEvery=1"));
        assertThat(finished.reason()).isEqualTo(Finished.Reason.DIVERGED);
        assertThat(finished.bestStep()).isEqualTo(1);
        assertThat(finished.bestLoss()).isFinite();
        assertThat(finished.trainLoss()).isFinite();
        List<StepDone> steps = only(out, StepDone.class);
        assertThat(steps.subList(steps.size() - 3, steps.size())).allSatisfy(step ->
                assertThat(step.loss() + step.gradientNorm()).isNaN());
        assertThat(only(out, Warned.class)).hasSize(3).allSatisfy(warned -> {
            assertThat(warned.kind()).endsWith(".notFinite");
            assertThat((String) warned.arguments().get(2)).as("the rows that it was").startsWith("[");
        }).extracting(warned -> warned.arguments().get(0)).containsExactly(1L, 2L, 3L);
        assertThat(Files.mismatch(out.resolve("adapter").resolve(ADAPTER), checkpoint(out, 1, ADAPTER)))
                .isEqualTo(-1);

        Scope.run(() -> {
            try (TrainingRun again = TrainingRun.resume(out, event -> {})) {
                assertThat(again.train().reason()).isEqualTo(Finished.Reason.DIVERGED);
            }
        });
        assertThat(only(out, StepDone.class)).hasSameSizeAs(steps);
    }

    @Test void aRunThatDivergesBeforeItWasEverEvaluatedLeavesNoResult() {
        Path out = folder.resolve("run");
        Finished finished = train(out, diverging("train.warmupSteps=0", "train.evalEvery=100"));
        assertThat(finished.reason()).isEqualTo(Finished.Reason.DIVERGED);
        assertThat(finished.bestStep()).isEqualTo(-1);
        assertThat(out.resolve("adapter")).doesNotExist();
        assertThat(out.resolve("trainer_state.json")).exists();
    }

    @Test void theBestIsWhatARunLeavesAlsoAfterFullTuning() {
        Path out = folder.resolve("run");
        Finished finished = train(out, "tuning.full=true", "train.learningRate=0.05", "train.schedule=constant",
                "train.warmupSteps=0", "train.steps=12", "train.evalEvery=1", "train.keepCheckpoints=1");
        assertThat(finished.reason()).isEqualTo(Finished.Reason.DONE);
        assertThat(finished.bestStep()).isPositive().isLessThan(finished.step());
        Scope.run(() -> {
            var model = ModelFolder.open(out.resolve("model")).load();
            var best = io.weft.tensor.SafeTensors.open(checkpoint(out, finished.bestStep(), "model.safetensors"))
                    .readAll();
            assertThat(best).isNotEmpty().allSatisfy((name, tensor) ->
                    assertThat(model.merged(name).toFloats()).as(name).isEqualTo(tensor.toFloats()));
        });
    }

    @Test void aDamagedCheckpointIsPassedOverForAnOlderOne() throws IOException {
        String[] settings = {"train.steps=10", "train.saveEvery=2", "train.evalEvery=100"};
        Path whole = folder.resolve("whole"), damaged = folder.resolve("damaged");
        train(whole, settings);
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(TinyRun.recipe(base, rows, settings), damaged, event -> {
                if (event instanceof StepDone && event.step() == 5) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                run.train();
            }
        });
        flipAByte(checkpoint(damaged, 5, "optimizer.safetensors"));
        Files.delete(checkpoint(damaged, 4, "state.json"));
        List<Warned> warnings = new ArrayList<>();
        Scope.run(() -> {
            try (TrainingRun run = TrainingRun.resume(damaged, event -> {
                if (event instanceof Warned warned) {
                    warnings.add(warned);
                }
            })) {
                assertThat(run.resumesFrom()).isEqualTo(2);
                run.train();
            }
        });
        assertThat(warnings).extracting(Warned::kind).containsExactly("checkpoint.changed", "checkpoint.missing",
                "checkpoint.fallback");
        assertThat(Files.mismatch(whole.resolve("adapter").resolve(ADAPTER),
                damaged.resolve("adapter").resolve(ADAPTER))).isEqualTo(-1);
    }

    private static void flipAByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
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

    private static Path checkpoint(Path run, int step, String file) {
        return run.resolve(String.format("checkpoints/step-%08d", step)).resolve(file);
    }

    private static <E extends RunEvent> List<E> only(Path run, Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
