package io.weft.app.command;

import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code weft resume} of runs that are not as they were left. */
class ResumeCommandTest {
    @TempDir static Path shared;
    private static Path stopped;
    @TempDir Path folder;
    private Path run;

    @BeforeAll static void stopHalfWay() {
        stopped = TinyRun.stopped(TinyRun.recipe(TinyRun.base(shared.resolve("base"), DType.F32),
                TinyRun.rows(shared.resolve("rows.jsonl"), 24), "train.steps=6"), shared.resolve("run"), 3);
    }

    @BeforeEach void copy() { run = TinyRun.copy(stopped, folder.resolve("run")); }

    @Test void anEditedRecipeIsRefusedAndTheAdviceThatItGivesWorks() throws IOException {
        Path recipe = run.resolve("recipe.yaml");
        Files.writeString(recipe, Files.readString(recipe).replace("learningRate: 0.02", "learningRate: 0.01"));
        Map<String, String> before = TinyRun.contents(run);
        Shell.Result refused = Shell.weft("resume", run);
        assertThat(refused.code()).isEqualTo(2);
        String advice = "weft resume " + run + " --change train.learningRate=0.01";
        assertThat(refused.err()).contains("train.learningRate: 0.02 -> 0.01", advice);
        assertThat(TinyRun.contents(run)).isEqualTo(before);
        Shell.Result taken = Shell.weft((Object[]) advice.substring("weft ".length()).split(" "));
        assertThat(taken.code()).as(taken.err()).isZero();
        assertThat(taken.out()).contains("resuming after step 3",
                "after step 3 train.learningRate is 0.01, it was 0.02", "learning rate 0.01");
    }

    @Test void severalChangesAndARestoredRecipeGoTogether() throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), "model: [");
        Shell.Result refused = Shell.weft("resume", run);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("weft resume " + run + " --restore-recipe");
        Shell.Result taken = Shell.weft("resume", run, "--restore-recipe", "--change", "train.steps=7", "--change",
                "train.logEvery=1");
        assertThat(taken.code()).as(taken.err()).isZero();
        assertThat(taken.out()).contains("step 7/7");
        assertThat(Files.readString(run.resolve("recipe.yaml"))).contains("steps: 7", "logEvery: 1");
    }

    @Test void damagedCheckpointsStopItUntilItIsAskedToStartAgain() throws IOException {
        try (Stream<Path> states = Files.walk(run.resolve("checkpoints"))) {
            for (Path state : states.filter(path -> path.endsWith("state.json")).toList()) {
                Files.delete(state);
            }
        }
        Shell.Result refused = Shell.weft("resume", run);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("no checkpoint of it is whole; nothing was changed", "state.json is missing",
                "--from-start");
        Shell.Result started = Shell.weft("resume", run, "--from-start");
        assertThat(started.code()).as(started.err()).isZero();
        assertThat(started.out()).contains("starts again from its beginning", "step 6 of 6");
    }
}
