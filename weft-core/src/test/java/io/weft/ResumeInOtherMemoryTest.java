package io.weft;

import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Finished;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What "auto" became is decided once, when a run starts, and written into its recipe: a resume in a smaller or larger
 * container obeys it and ends in the same bits.
 */
class ResumeInOtherMemoryTest {
    private static final String MEMORY = "weft.memory";
    @TempDir Path folder;

    @BeforeEach void leaveRoom() { System.setProperty("weft.memory.available", Long.toString(8L << 30)); }

    @AfterEach void back() {
        System.clearProperty(MEMORY);
        System.clearProperty("weft.memory.available");
    }

    @Test void theMemoryThatDecidesCanBeSaid() {
        long real = Engine.memory();
        System.setProperty(MEMORY, "12345");
        assertThat(Engine.memory()).isEqualTo(12345);
        System.clearProperty(MEMORY);
        assertThat(Engine.memory()).isEqualTo(real);
    }

    @Test void theResolvedRecipeHoldsNoAuto() throws IOException {
        Path run = stoppedHalfWay(TinyRun.base(folder.resolve("base"), DType.BF16));
        assertThat(Files.readString(run.resolve("recipe.yaml"))).doesNotContainPattern("frozenWeights: auto")
                .doesNotContainPattern("recompute: auto").containsPattern("threads: \\d+");
    }

    @Test void aResumeInASmallerContainerEndsInTheSameBits() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.BF16),
                whole = TinyRun.trained(recipe(base), folder.resolve("whole")), run = stoppedHalfWay(base);
        System.setProperty(MEMORY, "1000");     // resident no longer fits, activations neither
        boolean[] mapped = {true};
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, event -> {})) {
                mapped[0] = resumed.model().isUpcast();
                assertThat(resumed.train().reason()).isEqualTo(Finished.Reason.DONE);
            }
        });
        assertThat(mapped[0]).as("weights are held as they were at the start").isFalse();
        KilledRunTest.same(whole, run);
    }

    @Test void aResumeInALargerContainerEndsInTheSameBits() throws IOException {
        System.setProperty(MEMORY, "1000");
        Path base = TinyRun.base(folder.resolve("base"), DType.BF16),
                whole = TinyRun.trained(recipe(base), folder.resolve("whole")), run = stoppedHalfWay(base);
        System.clearProperty(MEMORY);
        boolean[] mapped = {false};
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, event -> {})) {
                mapped[0] = resumed.model().isUpcast();
                assertThat(resumed.train().reason()).isEqualTo(Finished.Reason.DONE);
            }
        });
        assertThat(mapped[0]).as("weights are held as they were at the start").isTrue();
        KilledRunTest.same(whole, run);
    }

    private Recipe recipe(Path base) {
        Path rows = folder.resolve("rows.jsonl");
        return TinyRun.recipe(base, Files.exists(rows) ? rows : TinyRun.rows(rows, 24), "train.steps=8",
                "train.evalEvery=3", "train.saveEvery=2", "train.batch=2", "tuning.lora.dropout=0.1");
    }

    private Path stoppedHalfWay(Path base) {
        Path run = folder.resolve("run");
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun started = TrainingRun.start(recipe(base), run, event -> {
                if (event instanceof io.weft.run.RunEvent.StepDone && event.step() == 4) {
                    current[0].requestStop();
                }
            })) {
                current[0] = started;
                started.train();
            }
        });
        return run;
    }
}
