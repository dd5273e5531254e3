package io.weft;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Language;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Finished;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A run that is killed with -9 at random points and resumed ends exactly as one that was left alone: adapter (or
 * model), optimizer state and event log, times aside, byte for byte. With dropout, packing, accumulation, evaluation,
 * checkpoints and pruning in between.
 */
class KilledRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test void aRunKilledThreeTimesEndsAsOneThatWasNot(@TempDir Path folder) throws Exception {
        chain(folder, 3, 20261124, "tuning.lora.dropout=0.1");
    }

    @Tag("campaign") @Test void twentyKillsOfAdaptersAndOfWholeModels(@TempDir Path folder) throws Exception {
        chain(Files.createDirectories(folder.resolve("lora")), 10, 1, "tuning.lora.dropout=0.1");
        chain(Files.createDirectories(folder.resolve("full")), 10, 2, "tuning.full=true");
    }

    @Test void aRunAskedToStopGoesOnAsIfItHadNot(@TempDir Path folder) throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        String[] settings = {"train.steps=10", "train.accumulate=2", "train.batch=2", "train.evalEvery=4",
                "train.saveEvery=3", "data.pack=false"};
        Path whole = TinyRun.trained(TinyRun.recipe(base, rows, settings), folder.resolve("whole")),
                stopped = folder.resolve("stopped");
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(TinyRun.recipe(base, rows, settings), stopped, event -> {
                if (event instanceof io.weft.run.RunEvent.StepDone && event.step() == 5) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                assertThat(run.train().reason()).isEqualTo(Finished.Reason.STOPPED);
            }
            assertThat(stopped.resolve("adapter")).doesNotExist();
            try (TrainingRun run = TrainingRun.resume(stopped, event -> {})) {
                assertThat(run.resumesFrom()).isEqualTo(5);
                assertThat(run.train().reason()).isEqualTo(Finished.Reason.DONE);
            }
        });
        same(whole, stopped);
    }

    @Test void theLanguageOfTheReaderLeavesNoTrace(@TempDir Path folder) throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        // one warning comes before the first step, the others when the run has diverged
        Recipe recipe = TinyRun.recipe(base, rows, TrainingEndTest.DIVERGING)
                .with("train.precision=fp16", "train.warmupSteps=0", "train.evalEvery=100");
        Path whole = TinyRun.trained(recipe, folder.resolve("whole")), stopped = folder.resolve("stopped");
        assertThat(String.join("", log(whole))).contains("precision.cpu").contains("notFinite");
        Language before = Language.current();
        try {
            Scope.run(() -> {
                TrainingRun[] current = new TrainingRun[1];
                try (TrainingRun run = TrainingRun.start(recipe, stopped, event -> {
                    if (event instanceof io.weft.run.RunEvent.StepDone && event.step() == 1) {
                        current[0].requestStop();
                    }
                })) {
                    current[0] = run;
                    run.train();
                }
                Language.use(before == Language.CHINESE ? Language.ENGLISH : Language.CHINESE);
                try (TrainingRun run = TrainingRun.resume(stopped, event -> {})) {
                    run.train();
                }
            });
        } finally {
            Language.use(before);
        }
        assertThat(log(stopped)).isEqualTo(log(whole));
    }

    /** Kills one run again and again, then compares it with another that was never killed. */
    private static void chain(Path folder, int kills, long seed, String tuning) throws Exception {
        TinyRun.base(folder.resolve("base"), DType.F32);
        TinyRun.rows(folder.resolve("rows.jsonl"), 120);
        Path whole = folder.resolve("whole"), killed = folder.resolve("killed");
        assertThat(worker(folder, whole, tuning).waitFor()).isZero();
        int events = Files.readAllLines(whole.resolve("events.jsonl")).size();
        Random random = new Random(seed);
        List<Integer> points = new ArrayList<>();
        while (points.size() < kills) {
            int seen = lines(killed);
            int wanted = seen + 1 + random.nextInt(Math.max(1, (events - seen) / (kills - points.size() + 1) * 2));
            Process process = worker(folder, killed, tuning);
            while (process.isAlive() && lines(killed) < wanted) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            process.destroyForcibly().waitFor();
            points.add(lines(killed));
        }
        assertThat(worker(folder, killed, tuning).waitFor()).isZero();
        System.out.println("killed after events " + points + " of " + events);
        same(whole, killed);
    }

    static void same(Path whole, Path other) throws IOException {
        assertThat(log(other)).isEqualTo(log(whole));
        for (String part : List.of("checkpoints", "adapter", "model")) {
            assertThat(files(other.resolve(part))).isEqualTo(files(whole.resolve(part)));
            for (String name : files(whole.resolve(part))) {
                // state.json and the manifest that seals it hold the time that training took
                if (!name.endsWith("state.json") && !name.endsWith("manifest.json")) {
                    assertThat(Files.mismatch(whole.resolve(part).resolve(name), other.resolve(part).resolve(name)))
                            .as(part + "/" + name).isEqualTo(-1);
                }
            }
        }
    }

    private static List<String> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).map(path -> folder.relativize(path).toString())
                    .sorted(Comparator.naturalOrder()).toList();
        }
    }

    private static List<String> log(Path run) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            lines.add(((ObjectNode) JSON.readTree(line)).without(List.of("at", "seconds")).toString());
        }
        return lines;
    }

    private static int lines(Path run) throws IOException {
        return Files.exists(run.resolve("events.jsonl"))
                ? Files.readAllLines(run.resolve("events.jsonl"), java.nio.charset.StandardCharsets.ISO_8859_1).size()
                : 0;
    }

    private static Process worker(Path folder, Path run, String tuning) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Worker.class.getName(),
                folder.toString(), run.toString(), tuning)
                .redirectErrorStream(true).redirectOutput(folder.resolve("worker.log").toFile()).start();
    }

    /** One process of the run: starts it, or goes on with it. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]), out = Path.of(arguments[1]);
            Scope.run(() -> {
                try (TrainingRun run = io.weft.run.RunFolder.isOne(out) ? TrainingRun.resume(out, event -> {})
                        : TrainingRun.start(TinyRun.recipe(folder.resolve("base"), folder.resolve("rows.jsonl"),
                        "train.steps=120", "train.batch=2", "train.accumulate=2", "train.evalEvery=7",
                                "train.saveEvery=5", "train.keepCheckpoints=2", "data.maxLength=60", arguments[2]), out,
                                event -> {})) {
                    run.train();
                }
            });
        }
    }
}
