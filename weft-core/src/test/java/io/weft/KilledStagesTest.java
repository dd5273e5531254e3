package io.weft;

import io.weft.recipe.StagedRecipe;
import io.weft.run.RunFolder;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills the process of a run of several stages, whatever it is at: training, merging, judging. */
class KilledStagesTest {
    private static final int KILLS = 12;

    @Tag("campaign") @Test void stagesKilledTwelveTimesEndAsThoseThatWereNot(@TempDir Path folder) throws Exception {
        TinyRun.base(folder.resolve("base"), DType.F32);
        TinyRun.rows(folder.resolve("rows.jsonl"), 60);
        Path out = folder.resolve("run"), whole = folder.resolve("whole");
        assertThat(worker(folder, out).waitFor()).isZero();
        int files = files(out);
        Files.move(out, whole);      // so that both have the same paths within
        Random random = new Random(20261126);
        List<Integer> points = new ArrayList<>();
        while (points.size() < KILLS) {
            int seen = files(out), wanted = seen + random.nextInt(Math.max(1, 2 * (files - seen)
                    / (KILLS - points.size() + 1)));
            Process process = worker(folder, out);
            while (process.isAlive() && files(out) < wanted) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
            process.destroyForcibly().waitFor();
            points.add(files(out));
        }
        assertThat(worker(folder, out).waitFor()).as(() -> points + " of " + files + log(folder)).isZero();
        System.out.println("killed when there were " + points + " of " + files + " files");
        Map<String, String> expected = StagedRunTest.results(whole), others = new TreeMap<>(StagedRunTest.results(out));
        assertThat(others.keySet()).isEqualTo(expected.keySet());
        others.entrySet().removeAll(expected.entrySet());
        assertThat(others).isEmpty();
    }

    private static String log(Path folder) {
        try {
            return Files.readString(folder.resolve("worker.log"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int files(Path run) throws IOException {
        if (!Files.exists(run)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(run)) {
            return (int) all.count();
        } catch (java.io.UncheckedIOException gone) {
            return 0;                // a file that was renamed while it was counted
        }
    }

    private static Process worker(Path folder, Path run) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Worker.class.getName(),
                folder.toString(), run.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.log").toFile()).start();
    }

    /** One process of the run: starts it, or goes on with it. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]), out = Path.of(arguments[1]);
            StagedRecipe recipe = StagedRecipe.parse("""
                    model: BASE
                    data: {train: ROWS, maxLength: 96, heldOut: 0.25, clock: 2026-01-31T12:00:00}
                    train: {steps: 20, learningRate: 0.02, accumulate: 1, evalEvery: 5, saveEvery: 3}
                    stages:
                      - {tuning: lora}
                      - {tuning: full}
                      - {tuning: ia3}
                      - merge
                    """.replace("BASE", folder.resolve("base").toString())
                    .replace("ROWS", folder.resolve("rows.jsonl").toString()));
            Scope.run(() -> {
                try (StagedRun run = RunFolder.isOne(out) ? StagedRun.resume(out, StagedRun.Watch.NONE)
                        : StagedRun.start(recipe, out, StagedRun.Watch.NONE)) {
                    run.run();
                }
            });
        }
    }
}
