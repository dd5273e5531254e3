package io.weft;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.Folders;
import io.weft.file.Sha256;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent;
import io.weft.run.WarningText;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A run whose newest checkpoint is damaged, in whatever file and way, goes on from the older one, says both names, and
 * ends bit for bit as a run that was never stopped; with no whole one left it stops, says why, and starts again only
 * when it is asked to.
 */
class DamagedCheckpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Checkpoints after 4 and 8, by saveEvery, after 6, by its evaluation, and after 9, by the request to stop. */
    private static final List<String> SETTINGS = List.of("train.steps=12", "train.evalEvery=6", "train.saveEvery=4",
            "train.batch=2", "train.keepCheckpoints=5", "tuning.lora.dropout=0.1");
    @TempDir static Path shared;
    private static Path whole, stopped;
    private static Language language;
    @TempDir Path folder;
    private Path run;

    @BeforeAll static void trainOnce() {
        language = Language.current();
        Language.use(Language.ENGLISH);
        var recipe = TinyRun.recipe(TinyRun.base(shared.resolve("base"), DType.F32),
                TinyRun.rows(shared.resolve("rows.jsonl"), 24), SETTINGS.toArray(String[]::new));
        whole = TinyRun.trained(recipe, shared.resolve("whole"));
        stopped = TinyRun.stopped(recipe, shared.resolve("stopped"), 9);
    }

    @AfterAll static void back() { Language.use(language); }

    @BeforeEach void copy() { run = TinyRun.copy(stopped, folder.resolve("run")); }

    /** What may happen to one file of a checkpoint. */
    private enum Damage {
        FLIPPED {
            @Override void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                // in a manifest the first sum, since some of what else it says may be anything
                int at = file.endsWith("manifest.json") ? new String(bytes).indexOf("sha256") + 12 : bytes.length / 2;
                bytes[at] ^= 1;
                Files.write(file, bytes);
            }
        },
        TRUNCATED {
            @Override void to(Path file) throws IOException {
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
            }
        },
        EMPTY {
            @Override void to(Path file) throws IOException { Files.write(file, new byte[0]); }
        },
        DELETED {
            @Override void to(Path file) throws IOException { Files.delete(file); }
        };

        abstract void to(Path file) throws IOException;
    }

    static List<Object[]> everyFileAndDamage() throws IOException {
        List<Object[]> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(stopped.resolve("checkpoints/step-00000009"))) {
            for (Path file : files.sorted().toList()) {
                for (Damage damage : Damage.values()) {
                    cases.add(new Object[] {file.getFileName().toString(), damage});
                }
            }
        }
        assertThat(cases).hasSize(5 * Damage.values().length);
        return cases;
    }

    @ParameterizedTest @MethodSource("everyFileAndDamage")
    void theOlderOneIsUsedAndTheRunEndsAsIfNothingHadBeen(String file, Damage damage) throws IOException {
        damage.to(checkpoint(9).resolve(file));
        List<RunEvent.Warned> warned = resume(8);
        assertThat(warned).extracting(RunEvent.Warned::kind).containsExactly("checkpoint."
                + (damage == Damage.DELETED ? "missing" : damage != Damage.FLIPPED && file.equals("manifest.json")
                ? "unreadable" : "changed"), "checkpoint.fallback");
        assertThat(warned.get(0).arguments()).contains(checkpoint(9).toString());
        if (!file.equals("manifest.json")) {
            assertThat(warned.get(0).arguments()).contains(file);
        }
        assertThat(WarningText.of(warned.get(1))).isEqualTo("the run goes on from checkpoint " + checkpoint(8)
                + " in place of " + checkpoint(9));
        KilledRunTest.same(whole, run);
    }

    @ParameterizedTest @ValueSource(strings = {"[]", "7", "{}", "{\"format\": ",
            "{\"format\": \"weft.checkpoint\", \"version\": 0}", "{\"format\": \"weft.checkpoint\", \"version\": 1}",
            "{\"format\": \"weft.checkpoint\", \"version\": 1, \"files\": {\"../x\": {}}}",
            "{\"format\": \"weft.checkpoint\", \"version\": 1, \"files\": {\"a\\u0000b\": {}}}",
            "{\"format\": \"weft.checkpoint\", \"version\": 1, \"files\": {}}"})
    void aManifestOfAnotherKindIsDamageToo(String manifest) throws IOException {
        Files.writeString(checkpoint(9).resolve("manifest.json"), manifest);
        assertThat(resume(8)).hasSize(2);
    }

    @Test void withoutAWholeOneTheRunStopsAndNothingIsWritten() throws IOException {
        damageAll();
        Files.createDirectories(run.resolve("checkpoints/.tmp-left"));
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> resume(0)).isInstanceOf(UserError.class)
                .hasMessageStartingWith(run + " cannot go on: no checkpoint of it is whole; nothing was changed")
                .hasMessageContaining("checkpoint " + checkpoint(9) + " is damaged and cannot be used: "
                + "optimizer.safetensors has other bytes than were written")
                .hasMessageContaining("checkpoint " + checkpoint(6) + " is damaged and cannot be used: state.json is "
                + "missing").hasMessageContaining("weft resume " + run + " --from-start");
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    @Test void askedToItStartsAgainAndSaysSo() throws IOException {
        damageAll();
        List<RunEvent.Warned> warned = resume(0, new Resumption(List.of(), true, false));
        assertThat(warned).hasSize(5);
        assertThat(WarningText.of(warned.get(4))).isEqualTo("no checkpoint up to " + checkpoint(9)
                + " is whole; the run starts again from its beginning, as --from-start asks");
        KilledRunTest.same(whole, run);
    }

    @Test void aWholeOneIsNotThrownAwayByAskingToStartAgain() throws IOException {
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> resume(0, new Resumption(List.of(), true, false))).isInstanceOf(UserError.class)
                .hasMessageContaining("checkpoint " + checkpoint(9) + " is whole, so the run does not start again");
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    @Test void checkpointsThatAreGoneAreMissedByTheLogThatTellsOfThem() throws IOException {
        Folders.delete(run.resolve("checkpoints"));
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> resume(0)).isInstanceOf(UserError.class)
                .hasMessageContaining("it has no checkpoint any more, though its log tells of "
                        + "checkpoints/step-00000009")
                .hasMessageContaining("--from-start");
        assertThat(TinyRun.contents(run)).isEqualTo(before);
        Files.delete(run.resolve("events.jsonl"));
        Files.createDirectories(run.resolve("adapter"));
        assertThatThrownBy(() -> resume(0)).as("its result would be trained over").isInstanceOf(UserError.class)
                .hasMessageContaining("no checkpoint any more");
    }

    @Test void aRunStoppedBeforeItsFirstCheckpointStartsAndSaysSo() throws IOException {
        Folders.delete(run.resolve("checkpoints"));
        Path log = run.resolve("events.jsonl");
        Files.writeString(log, String.join("\n", Files.readAllLines(log).subList(0, 4)) + "\n");
        List<RunEvent.Warned> warned = resume(0);
        assertThat(warned).extracting(RunEvent.Warned::kind).containsExactly("resume.start");
        assertThat(WarningText.of(warned.get(0))).contains("stopped before its first checkpoint");
        KilledRunTest.same(whole, run);
    }

    private void damageAll() throws IOException {
        for (int step : new int[] {4, 8, 9}) {
            Damage.TRUNCATED.to(checkpoint(step).resolve("optimizer.safetensors"));
        }
        Damage.DELETED.to(checkpoint(6).resolve("state.json"));
    }

    @Test void aRunNeedsTheBestOneToo() throws IOException {
        int best = JSON.readTree(checkpoint(9).resolve("state.json").toFile()).path("bestStep").asInt();
        assertThat(best).isEqualTo(6);
        Damage.FLIPPED.to(checkpoint(6).resolve("adapter_model.safetensors"));
        List<RunEvent.Warned> warned = resume(4);
        assertThat(warned).extracting(RunEvent.Warned::kind).containsExactly("checkpoint.best", "checkpoint.best",
                "checkpoint.changed", "checkpoint.fallback");
        assertThat(WarningText.of(warned.get(0))).isEqualTo("checkpoint " + checkpoint(9)
                + " cannot be used: the best one before it, " + checkpoint(6) + ", is damaged");
        KilledRunTest.same(whole, run);
    }

    /** With one checkpoint kept, a damaged later one must not push out the one that was just made. */
    @Test void whatWasPassedOverIsNotCountedAsKept() throws IOException {
        Damage.EMPTY.to(checkpoint(9).resolve("state.json"));
        Damage.EMPTY.to(checkpoint(8).resolve("state.json"));
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            var keepingOne = Resumption.changing("train.keepCheckpoints=1");
            try (TrainingRun resumed = TrainingRun.resume(run, keepingOne, event -> {
                if (event instanceof RunEvent.StepDone && event.step() == 7) {
                    current[0].requestStop();
                }
            })) {
                current[0] = resumed;
                resumed.train();
            }
        });
        assertThat(checkpoint(7)).exists();
        resume(7);
    }

    @Test void momentsOfAnotherShapeAreRefusedByName() throws IOException {
        Path file = checkpoint(9).resolve("optimizer.safetensors");
        String[] names = new String[2];
        Scope.run(() -> {
            Map<String, Tensor> moments = new LinkedHashMap<>(SafeTensors.open(file).readAll());
            names[0] = moments.keySet().iterator().next();
            moments.put(names[0], Tensor.zeros(1));      // would spread over the whole moment
            names[1] = moments.keySet().stream().skip(1).findFirst().orElseThrow();
            moments.remove(names[1]);
            SafeTensors.write(file, moments);
        });
        seal(checkpoint(9), file);
        assertThatThrownBy(() -> resume(9)).isInstanceOf(UserError.class).hasMessageContaining(file.toString())
                .hasMessageContaining(names[0] + " has shape [1]").hasMessageContaining(names[1] + " is missing");
    }

    /** Writes a file's new sum into the manifest, as nobody but a tool would. */
    private static void seal(Path checkpoint, Path file) throws IOException {
        Path manifest = checkpoint.resolve("manifest.json");
        ObjectNode json = (ObjectNode) JSON.readTree(manifest.toFile());
        ((ObjectNode) json.path("files").path(file.getFileName().toString())).put("bytes", Files.size(file))
                .put("sha256", Sha256.of(file));
        Files.writeString(manifest, json.toString());
    }

    private Path checkpoint(int step) { return run.resolve("checkpoints/step-%08d".formatted(step)); }

    /** Goes on to the end. Returns what was said about checkpoints. */
    private List<RunEvent.Warned> resume(int from) { return resume(from, Resumption.PLAIN); }

    private List<RunEvent.Warned> resume(int from, Resumption asked) {
        List<RunEvent.Warned> warned = new ArrayList<>();
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, asked, event -> {
                if (event instanceof RunEvent.Warned one && one.kind().matches("(checkpoint|resume)\\..*")) {
                    warned.add(one);
                }
            })) {
                assertThat(resumed.resumesFrom()).isEqualTo(from);
                resumed.train();
            }
        });
        return warned;
    }
}
