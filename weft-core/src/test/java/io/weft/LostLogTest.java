package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.run.WarningText;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A run whose event log is lost, cut short or damaged goes on to the same weights, and tells what is missing. */
class LostLogTest {
    @TempDir static Path shared;
    private static Path whole, stopped;
    private static Language language;
    @TempDir Path folder;
    private Path run, log;

    @BeforeAll static void trainOnce() {
        language = Language.current();
        Language.use(Language.ENGLISH);
        Recipe recipe = TinyRun.recipe(TinyRun.base(shared.resolve("base"), DType.F32),
                TinyRun.rows(shared.resolve("rows.jsonl"), 24), "train.steps=8", "train.evalEvery=2",
                "train.learningRate=0.3", "train.warmupSteps=0", "train.batch=2", "train.logEvery=1");
        whole = TinyRun.trained(recipe, shared.resolve("whole"));
        stopped = TinyRun.stopped(recipe, shared.resolve("stopped"), 5);
    }

    @AfterAll static void back() { Language.use(language); }

    @BeforeEach void copy() {
        run = TinyRun.copy(stopped, folder.resolve("run"));
        log = run.resolve("events.jsonl");
    }

    @Test void aLostLogBeginsAgainAtTheCheckpoint() throws IOException {
        Files.delete(log);
        Warned told = resumedToTheSameWeights();
        assertThat(WarningText.of(told)).isEqualTo(log + " is missing or empty: what it told of the first 5 steps is "
                + "lost. The run is not harmed; log, curves and trainer_state.json begin with the next step");
        assertThat(EventLog.events(log).get(0)).isInstanceOf(Started.class);
        assertThat(steps()).containsExactly(6, 7, 8);
        JsonNode state = state();
        assertThat(state.path("num_input_tokens_seen").isNull()).as("a part is not told as the whole").isTrue();
        assertThat(state.path("log_history").get(0).path("step").asInt()).isEqualTo(6);
        Finished end = EventLog.events(log).stream().filter(Finished.class::isInstance).map(Finished.class::cast)
                .findFirst().orElseThrow();
        assertThat(state.path("best_global_step").asInt()).as("known by the checkpoint").isEqualTo(end.bestStep())
                .isEqualTo(wholeState().path("best_global_step").asInt());
        assertThat(state.path("best_metric").asDouble()).isEqualTo(wholeState().path("best_metric").asDouble());
    }

    @Test void anEmptyLogIsALostOne() throws IOException {
        Files.write(log, new byte[0]);
        assertThat(resumedToTheSameWeights().kind()).isEqualTo("log.missing");
        assertThat(steps()).containsExactly(6, 7, 8);
    }

    @Test void aLogThatWasCutShortKeepsItsBeginning() throws IOException {
        List<String> lines = Files.readAllLines(log);
        int third = IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains("\"step\":3,")).findFirst()
                .orElseThrow();
        Files.writeString(log, String.join("\n", lines.subList(0, third)) + "\n{\"type\":\"st");
        assertThat(WarningText.of(resumedToTheSameWeights())).contains("what it told of steps 3-5 is lost");
        assertThat(steps()).containsExactly(1, 2, 6, 7, 8);
        assertThat(state().path("log_history").findValuesAsText("step")).startsWith("1", "2");
    }

    @Test void aLineThatCannotBeReadIsLeftOutAndTheDamagedFileIsKept() throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        int fourth = Files.readString(log).indexOf("\"step\":4,");
        bytes[fourth + 7] = 0;
        Files.write(log, bytes);
        assertThat(WarningText.of(resumedToTheSameWeights())).contains(log + " line ").contains("cannot be read")
                .contains("steps 4 is lost");
        assertThat(steps()).containsExactly(1, 2, 3, 5, 6, 7, 8);
        assertThat(run.resolve("events.damaged-1.jsonl")).hasBinaryContent(bytes);
    }

    @Test void whatWasLostIsStillToldOfALogThatIsResumedAgain() throws IOException {
        Files.delete(log);
        resumedToTheSameWeights();
        assertThat(TinyRun.resumed(run, Resumption.PLAIN)).noneMatch(event -> event instanceof Warned one
                && one.kind().startsWith("log."));
        assertThat(EventLog.events(log)).anyMatch(event -> event instanceof Warned one
                && one.kind().equals("log.missing"));
        assertThat(steps()).containsExactly(6, 7, 8);
    }

    @Test void aWholeLogIsNotWrittenBeforeTheCheckpointIsRestored() throws IOException {
        Path moments = run.resolve("checkpoints/step-00000005/optimizer.safetensors");
        Files.delete(run.resolve("data/train.jsonl"));
        Files.writeString(log, "nonsense\n");
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.PLAIN)).isInstanceOf(UserError.class);
        assertThat(moments).exists();
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    private Warned resumedToTheSameWeights() {
        List<RunEvent> told = TinyRun.resumed(run, Resumption.PLAIN);
        String weights = "adapter/adapter_model.safetensors";
        assertThat(run.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
        List<Warned> lost = told.stream().filter(Warned.class::isInstance).map(Warned.class::cast)
                .filter(warned -> warned.kind().startsWith("log.")).toList();
        assertThat(lost).hasSize(1);
        assertThat(EventLog.events(log)).as("the log itself tells of it").contains(lost.get(0));
        return lost.get(0);
    }

    private List<Integer> steps() {
        return EventLog.events(log).stream().filter(StepDone.class::isInstance).map(RunEvent::step).toList();
    }

    private JsonNode state() throws IOException {
        return new ObjectMapper().readTree(run.resolve("trainer_state.json").toFile());
    }

    private static JsonNode wholeState() throws IOException {
        return new ObjectMapper().readTree(whole.resolve("trainer_state.json").toFile());
    }
}
