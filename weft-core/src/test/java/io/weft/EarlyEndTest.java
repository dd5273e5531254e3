package io.weft;

import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Ends before the last step: nothing better in a while, or a loss that is no number any more. */
class EarlyEndTest {
    @TempDir Path folder;
    private Path base, rows, run;

    @BeforeEach void prepare() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        run = folder.resolve("run");
    }

    private Recipe recipe(String... settings) {
        return TinyRun.recipe(base, rows, "train.batch=2", "train.warmupSteps=1", "train.evalEvery=1", "train.steps=40")
                .with(settings);
    }

    @Test void aRunThatGetsNoBetterEndsAfterItsPatienceWithTheBest() throws IOException {
        TinyRun.trained(recipe("train.learningRate=1", "train.patience=3"), run);
        List<Evaluated> evaluated = events(Evaluated.class);
        Finished finished = events(Finished.class).get(0);
        assertThat(finished.reason()).isEqualTo(Finished.Reason.PATIENCE);
        int best = evaluated.stream().filter(Evaluated::best).mapToInt(Evaluated::step).max().orElseThrow();
        assertThat(finished.bestStep()).isEqualTo(best);
        assertThat(finished.step()).as("three evaluations after the best").isEqualTo(best + 3).isLessThan(40);
        assertThat(evaluated.stream().skip(best)).hasSize(3).noneMatch(Evaluated::best)
                .allMatch(worse -> worse.loss() >= finished.bestLoss());
        same("adapter", "checkpoints/step-%08d".formatted(best));
        resumedEndsAgain(Finished.Reason.PATIENCE, finished.step());
    }

    @Test void aBetterEvaluationRenewsThePatience() {
        TinyRun.trained(recipe("train.learningRate=0.02", "train.patience=1", "train.steps=6"), run);
        assertThat(events(Evaluated.class).stream().limit(5)).allMatch(Evaluated::best);
        assertThat(events(Finished.class).get(0).reason()).isEqualTo(Finished.Reason.DONE);
    }

    @Test void aLossThatStaysNoNumberEndsTheRunAndTheBestStays() throws IOException {
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun started = TrainingRun.start(recipe("train.learningRate=0.02"), run, event -> {
                if (event instanceof StepDone && event.step() == 2) {
                    current[0].requestStop();
                }
            })) {
                current[0] = started;
                started.train();
            }
        });
        Scope.run(() -> {   // what a broken file or a too large step leave behind
            ModelFolder broken = ModelFolder.open(base);
            CausalLm model = broken.load();
            model.weights().get("model.norm.weight").stored().mulInPlace(Double.NaN);
            broken.write(model, base, DType.F32);
        });
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, event -> {})) {
                resumed.train();
            }
        });
        List<StepDone> steps = events(StepDone.class);
        List<Warned> warned = events(Warned.class).stream()
                .filter(one -> one.toString().contains("base.notFinite")).toList();
        Finished finished = events(Finished.class).get(0);
        assertThat(finished.reason()).isEqualTo(Finished.Reason.DIVERGED);
        assertThat(finished.step()).as("no further step can mend the base").isEqualTo(3);
        assertThat(finished.bestStep()).isEqualTo(2);
        long bad = steps.stream().filter(step -> !Double.isFinite(step.loss())).count();
        assertThat(warned).hasSize((int) bad).hasSize(1);
        assertThat(finished.trainLoss()).as("of the steps that count").isFinite();
        same("adapter", "checkpoints/step-00000002");
        resumedEndsAgain(Finished.Reason.DIVERGED, finished.step());
    }

    private void resumedEndsAgain(Finished.Reason reason, int step) {
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, event -> {})) {
                assertThat(resumed.resumesFrom()).isEqualTo(step);
                Finished again = resumed.train();
                assertThat(again.reason()).isEqualTo(reason);
                assertThat(again.step()).isEqualTo(step);
            }
        });
    }

    private void same(String one, String other) throws IOException {
        try (Stream<Path> files = Files.list(run.resolve(one))) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("adapter_")).toList()) {
                assertThat(file).hasSameBinaryContentAs(run.resolve(other).resolve(file.getFileName().toString()));
            }
        }
    }

    private <T extends RunEvent> List<T> events(Class<T> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
