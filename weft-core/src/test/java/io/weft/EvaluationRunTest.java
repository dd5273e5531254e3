package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Measure;
import io.weft.evaluate.Progress;
import io.weft.evaluate.ScoreTable;
import io.weft.generate.Sampling;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tune.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class EvaluationRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final EvaluationSettings SHORT =
            EvaluationSettings.DEFAULTS.withSampling(Sampling.DEFAULTS.withMaxNewTokens(24));
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void theBaseIsJudgedWithoutAFreshAdapterThatChangesWhatItSays() {
        Path run = folder.resolve("run");
        Comparison inMemory = trainedAndJudged(recipe().with("tuning.prefix.length=4"), run, SHORT),
                fromFolder = EvaluationRun.evaluate(run, SHORT, EvaluationRun.Listener.NONE);
        assertThat(inMemory.base().loss().mean()).isCloseTo(fromFolder.base().loss().mean(), within(1e-6));
        assertThat(inMemory.base().texts()).isEqualTo(fromFolder.base().texts());
    }

    @Test void anAdapterIsJudgedTheSameInMemoryAndFromItsFolder() throws IOException {
        Path run = folder.resolve("run");
        Comparison inMemory = trainedAndJudged(recipe(), run, SHORT);
        Files.write(run.resolve("training_metrics.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
        List<String> begun = new ArrayList<>();
        Comparison fromFolder = EvaluationRun.evaluate(run, SHORT, new EvaluationRun.Listener() {
            @Override public void begins(String model, HeldOutRows rows) { begun.add(model + " " + rows.rows()); }

            @Override public void at(int answered, int rows, long tokens) { assertThat(answered).isBetween(0, rows); }
        });
        assertThat(begun).containsExactly("base 12", "tuned 12");
        assertThat(fromFolder.base().texts()).isEqualTo(inMemory.base().texts());
        assertThat(fromFolder.tuned().texts()).isEqualTo(inMemory.tuned().texts())
                .isNotEqualTo(inMemory.base().texts());
        assertThat(fromFolder.base().loss().mean()).isCloseTo(inMemory.base().loss().mean(), within(1e-6));
        assertThat(fromFolder.tuned().loss().count()).isEqualTo(inMemory.base().loss().count());

        JsonNode scores = JSON.readTree(run.resolve("evaluation/scores.json").toFile());
        assertThat(scores.path("format").asText()).isEqualTo("weft.scores");
        assertThat(scores.path("version").asInt()).isEqualTo(2);
        assertThat(scores.at("/table/0/intervals/base/0").asDouble()).isPositive();
        assertThat(scores.at("/base/loss/sums")).hasSize(12);
        assertThat(scores.path("table").path(0).path("measure").asText()).isEqualTo("loss");
        // the trainer's own held-out loss
        assertThat(scores.path("table").path(0).path("tuned").asDouble()).isCloseTo(bestLoss, within(1e-6));
        assertThat(scores.path("table").path(0).path("verdict").asText()).isEqualTo("better");
        List<String> samples = Files.readAllLines(run.resolve("evaluation/samples.jsonl"));
        assertThat(samples).hasSize(12);
        JsonNode first = JSON.readTree(samples.get(0));
        assertThat(first.path("prompt").asText()).startsWith("the teacher reads row");
        assertThat(first.path("tuned").path("answer").asText()).isEqualTo(fromFolder.tuned().texts().get(0));
        assertThat(first.path("tuned").path("loss").asDouble())
                .isEqualTo(fromFolder.tuned().each().get(0).mean());
        String report = Files.readString(run.resolve("evaluation/report.html"));
        assertThat(report).contains("data:image/png;base64,").contains("reads row").contains("&lt;b&gt;")
                .doesNotContain("<script").doesNotContain("<b>").doesNotContain("http");
    }

    private double bestLoss;

    /** Before training, training, after it, with one model in memory. */
    private Comparison trainedAndJudged(Recipe recipe, Path out, EvaluationSettings settings) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {
                if (event instanceof RunEvent.Finished finished) {
                    bestLoss = finished.bestLoss();
                }
            })) {
                EvaluationRun evaluation = EvaluationRun.of(run, settings);
                Answers before = evaluation.baseAnswers(Progress.NONE);
                run.train();
                return evaluation.compare(before, evaluation.answers(Progress.NONE));
            }
        });
    }

    @Test void afterFullTuningTheBaseIsTheFolderThatTheRunBeganWith() {
        Path run = folder.resolve("run");
        Recipe recipe = recipe("train.learningRate=0.01", "train.steps=6").withTuning(new Full());
        Comparison inMemory = trainedAndJudged(recipe, run, SHORT.greedy());
        Comparison fromFolder = EvaluationRun.evaluate(run, SHORT.greedy(), EvaluationRun.Listener.NONE);
        assertThat(fromFolder.base().texts()).isEqualTo(inMemory.base().texts());
        // the folder is stored in bf16
        assertThat(fromFolder.tuned().loss().mean()).isCloseTo(bestLoss, within(0.01 * bestLoss))
                .isLessThan(fromFolder.base().loss().mean());
    }

    @Test void theFirstRowsAreTheSameWhateverIsAnsweredBesideThem() {
        Path run = TinyRun.trained(recipe("train.steps=1"), folder.resolve("run"));
        Comparison all = EvaluationRun.evaluate(run, SHORT, EvaluationRun.Listener.NONE);
        Comparison three = EvaluationRun.evaluate(run,
                new EvaluationSettings(512, SHORT.sampling(), OptionalInt.of(3), 2), EvaluationRun.Listener.NONE);
        assertThat(three.rows().rows()).isEqualTo(3);
        assertThat(three.rows().of()).isEqualTo(12);
        assertThat(three.tuned().texts()).isEqualTo(all.tuned().texts().subList(0, 3));
        assertThat(ScoreTable.conditions(three)).contains("held-out rows: the first 3 of 12");
        assertThat(three.tuned().loss().count()).isLessThan(all.tuned().loss().count());
    }

    @Test void longPromptsAreShortenedAndLeaveRoomForAnAnswer() {
        Path run = TinyRun.trained(recipe("train.steps=1"), folder.resolve("run"));
        EvaluationSettings brief = new EvaluationSettings(14, Sampling.DEFAULTS, OptionalInt.of(2), 1);
        Comparison comparison = EvaluationRun.evaluate(run, brief, EvaluationRun.Listener.NONE);
        assertThat(comparison.rows().questions()).allSatisfy(question -> {
            assertThat(question.ids()).hasSizeLessThanOrEqualTo(14);
            assertThat(question.shortened()).isTrue();
        });
        // The model's context is 128 tokens, half of what an answer may have.
        Comparison whole = EvaluationRun.evaluate(run, SHORT.withSampling(Sampling.DEFAULTS.withMaxNewTokens(256))
                .withRows(1), EvaluationRun.Listener.NONE);
        assertThat(whole.rows().questions().get(0).ids()).hasSizeLessThanOrEqualTo(64);
        assertThat(whole.rows().questions().get(0).ids().length + whole.tuned().replies().get(0).tokens())
                .isLessThanOrEqualTo(128);
    }

    @Test void plainTextHasALossAndNoAnswers() throws IOException {
        Path text = folder.resolve("text.jsonl");
        Files.write(text, IntStream.range(0, 20).mapToObj(i -> "{\"text\": \"the cat reads the book. row " + i + "\"}")
                .toList());
        Recipe recipe = Recipe.of(TinyRun.base(folder.resolve("base"), DType.F32).toString(), text.toString())
                .withTuning(new Full())
                .with("data.format=text", "train.objective=pretrain", "train.steps=2", "train.accumulate=1",
                "data.maxLength=64");
        Path run = TinyRun.trained(recipe, folder.resolve("run"));
        Comparison comparison = EvaluationRun.evaluate(run, SHORT, EvaluationRun.Listener.NONE);
        assertThat(comparison.lines().stream().map(Comparison.Line::measure))
                .containsExactly(Measure.LOSS, Measure.PERPLEXITY);
        assertThat(comparison.notApplicable())
                .anyMatch(line -> line.contains("not applicable, the rows are plain text"));
        assertThat(Files.readString(run.resolve("evaluation/samples.jsonl"))).isEmpty();
    }

    @Test void whatCannotBeJudgedIsRefusedAndLeavesNothingBehind() {
        assertThatThrownBy(() -> EvaluationRun.evaluate(folder, SHORT, EvaluationRun.Listener.NONE))
                .isInstanceOf(UserError.class).hasMessageContaining("is no run");

        Path nothingHeldOut = TinyRun.trained(recipe("data.heldOut=0", "train.steps=1"), folder.resolve("all"));
        assertThatThrownBy(() -> EvaluationRun.evaluate(nothingHeldOut, SHORT, EvaluationRun.Listener.NONE))
                .isInstanceOf(UserError.class).hasMessageContaining("held out no rows")
                .hasMessageContaining("data.heldOut=0.1");
        assertThat(nothingHeldOut.resolve("evaluation")).doesNotExist();

        Path stopped = folder.resolve("stopped");
        Scope.run(() -> {
            try (TrainingRun run = TrainingRun.start(recipe(), stopped, event -> {})) {
                run.requestStop();
                run.train();
            }
        });
        assertThatThrownBy(() -> EvaluationRun.evaluate(stopped, SHORT, EvaluationRun.Listener.NONE))
                .isInstanceOf(UserError.class).hasMessageContaining("is not finished")
                .hasMessageContaining("weft resume");
        assertThat(stopped.resolve("evaluation")).doesNotExist();

        assertThatThrownBy(() -> new EvaluationSettings(0, Sampling.DEFAULTS, OptionalInt.of(0), 16))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("promptTokens is 0").hasMessageContaining("rows is 0");
    }

    private Recipe recipe(String... settings) {
        Path base = Files.exists(folder.resolve("base")) ? folder.resolve("base")
                : TinyRun.base(folder.resolve("base"), DType.BF16);
        return TinyRun.recipe(base, TinyRun.rows(folder.resolve("rows.jsonl"), 48), settings);
    }
}
