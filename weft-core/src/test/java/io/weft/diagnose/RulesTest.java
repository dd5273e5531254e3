package io.weft.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.EvaluationRun;
import io.weft.TinyRun;
import io.weft.TrainingRun;
import io.weft.diagnose.rule.Rules;
import io.weft.evaluate.EvaluationSettings;
import io.weft.generate.Sampling;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunListener;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule catches a run that was made to fail its way, and leaves a healthy one alone. */
class RulesTest {
    private static final List<String> QUESTIONS = List.of("the cat", "a small model", "my friend", "这只猫", "小模型", "老师"),
            ANSWERS = List.of("looks at a letter?", "trains on ten rows!", "reads the book.", "阅读一本书。", "训练十行数据!",
            "写下数据 2024。");
    private static final Language BEFORE = Language.current();
    @TempDir static Path folder;
    /** Random weights, and weights that know what the rows ask. */
    private static Path random, taught;
    private static Path rows;
    private static Diagnosis healthy;
    private static int runs;

    @BeforeAll static void makeModels() throws IOException {
        Language.use(Language.ENGLISH);
        random = TinyRun.base(folder.resolve("random"), DType.F32);
        rows = rows(72, i -> ANSWERS.get(i % 6));
        Path run = run(full(random, "train.steps=120"));
        evaluate(run);
        taught = run.resolve("model");
        healthy = Rules.diagnose(run);
    }

    @AfterAll static void restoreLanguage() { Language.use(BEFORE); }

    private static Path rows(int count, IntFunction<String> answer) throws IOException {
        return Files.writeString(folder.resolve("rows-" + runs++ + ".jsonl"), IntStream.range(0, count).mapToObj(i ->
                "{\"instruction\": \"" + QUESTIONS.get(i % 6) + " " + i + "\", \"input\": \"\", \"output\": \""
                + answer.apply(i) + "\"}\n").collect(Collectors.joining()));
    }

    /** Every weight is tuned, which so small a model learns fastest by. */
    private static Recipe full(Path base, String... settings) {
        return TinyRun.recipe(base, rows, "tuning.full=true", "train.learningRate=0.004", "train.evalEvery=20",
                "train.batch=2", "data.maxLength=64",
                "train.threads=" + Runtime.getRuntime().availableProcessors()).with(settings);
    }

    private static Recipe lora(Path base, String... settings) {
        return TinyRun.recipe(base, rows, "train.steps=20", "train.evalEvery=5", "train.batch=2", "data.maxLength=64")
                .with(settings);
    }

    private static Path run(Recipe recipe) { return TinyRun.trained(recipe, folder.resolve("run-" + runs++)); }

    private static void evaluate(Path run) {
        EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(40)),
                EvaluationRun.Listener.NONE);
    }

    private static List<String> kinds(Diagnosis diagnosis) {
        return diagnosis.findings().stream().map(Finding::kind).filter(kind -> !kind.equals("slow:others")).toList();
    }

    /** What a run is found to be, whose findings are all whole sentences. */
    private static List<String> found(Path run) {
        Diagnosis diagnosis = Rules.diagnose(run);
        assertThat(diagnosis.findings()).allSatisfy(finding -> {
            assertThat(finding.saw()).isNotBlank().doesNotContain("%s", "%d");
            assertThat(finding.changes()).isNotEmpty().noneMatch(change -> change.contains("%s"));
            finding.changes().stream().filter(change -> change.matches("(data|train|tuning)\\.\\S+")).forEach(change ->
                    assertThat(Recipe.read(run.resolve("recipe.yaml")).with(change)).isNotNull());
        });
        return kinds(diagnosis);
    }

    @Test void aHealthyRunIsLeftAloneByEveryRule() {
        assertThat(healthy.findings()).filteredOn(finding -> !finding.kind().equals("slow:others")).isEmpty();
        assertThat(healthy.unseen()).isEmpty();
    }

    @Test void aLossThatDoesNotFallHasItsCause() {
        assertThat(found(run(lora(taught, "train.learningRate=1e-6")))).contains("loss.flat:rate", "rate.range:low");
        assertThat(found(run(lora(taught, "train.warmupSteps=5000", "train.learningRate=0.002"))))
                .contains("loss.flat:warmup", "warmup.long:never");
        assertThat(found(run(lora(taught, "train.learningRate=0.002", "train.steps=12"))))
                .doesNotContain("loss.flat:warmup", "warmup.long:never", "rate.range:low");
    }

    @Test void anAdapterThatGetsNoGradientOrStaysAsItWas() {
        assertThat(found(run(lora(random, "tuning.lora.alpha=1e-9")))).contains("adapter.dead:gradient");
        assertThat(found(run(lora(random, "train.learningRate=1e-12")))).contains("adapter.dead:unchanged");
    }

    @Test void aModelThatTuningBrokeIsWorseAndItsAnswersSayNothing() {
        Path run = run(lora(taught, "train.learningRate=10", "train.steps=12"));
        evaluate(run);
        assertThat(found(run)).contains("result.worse:rate", "rate.range:high", "answers.degenerate:rate");
    }

    @Test void answersThatNeverEnd() {
        Path run = run(full(random, "train.steps=3", "train.warmupSteps=0"));
        evaluate(run);
        assertThat(found(run)).contains("answers.endless:unlearned");
    }

    @Test void marksOfATemplateInAnswers() throws IOException {
        Path heldOut = rows(18, i -> ANSWERS.get(i % 6)), own = rows;
        rows = rows(72, i -> "Assistant: " + ANSWERS.get(i % 6));
        Path run = run(full(taught, "data.heldOut=" + heldOut, "train.steps=60", "train.evalEvery=60"));
        rows = own;
        evaluate(run);
        assertThat(found(run)).contains("template.wrong:marks");
    }

    @Test void aPromptFormThatTheModelDoesNotKnow() throws IOException {
        Path base = TinyRun.copy(random, folder.resolve("chat"));
        Files.writeString(base.resolve("chat_template.jinja"), "{% for m in messages %}<|im_start|>{{ m.role }}\n"
                + "{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% "
                + "endif %}");
        Path chat = run(full(base, "data.prompt=template", "train.steps=120"));
        assertThat(found(chat)).noneMatch(kind -> kind.startsWith("template"));
        assertThat(found(run(lora(chat.resolve("model"), "data.prompt=tutorial")))).contains("template.wrong:loss");
        assertThat(found(run(lora(chat.resolve("model"), "data.prompt=template"))))
                .noneMatch(kind -> kind.startsWith("template"));
    }

    @Test void learningByHeart() throws IOException {
        Path own = rows;
        // what is answered has nothing to do with what is asked
        rows = rows(32, i -> ANSWERS.get((i * i * 7 + i / 5) % 6));
        Path run = run(full(random, "train.steps=150", "train.learningRate=0.01"));
        rows = own;
        assertThat(found(run)).contains("overfitting:epochs");
    }

    @Test void leapsOfTheLoss() throws IOException {
        Path own = rows;
        rows = rows(60, i -> i == 33 ? "zq\\u00e9\\u00fc#~ 9x!? zq\\u00e9\\u00fc#~ 9x!?" : ANSWERS.get(i % 6));
        Path run = run(lora(taught, "data.pack=false", "train.batch=1", "train.steps=50", "train.learningRate=1e-4",
                "data.heldOut=8"));
        rows = own;
        assertThat(found(run)).contains("loss.spikes:rows");
    }

    @Test void aLossThatRisesAgain() {
        assertThat(found(run(lora(taught, "train.learningRate=0.2", "train.steps=40", "train.warmupSteps=30"))))
                .contains("loss.rises:rate");
    }

    @Test void lossesThatAreNoNumber() {
        assertThat(found(run(lora(random, "train.learningRate=10", "train.weightDecay=1", "train.schedule=constant",
                "train.steps=80")))).contains("loss.notFinite:rate");
    }

    @Test void timeThatTheRunNeedNotTake() {
        assertThat(found(run(lora(taught, "train.saveEvery=1", "train.batch=1", "data.pack=false",
                "train.accumulate=2", "train.threads=1", "train.recompute=always", "train.steps=30",
                "train.learningRate=0.001")))).contains("slow:checkpoints", "slow:small", "slow:recompute")
                .contains(Runtime.getRuntime().availableProcessors() > 1 ? "slow:threads" : "slow:small");
        // nothing gets better, so nothing but the evaluations takes time
        assertThat(found(run(lora(taught, "train.evalEvery=1", "train.learningRate=1e-12", "train.steps=40",
                "train.batch=1", "data.heldOut=36")))).contains("slow:evaluations");
    }

    @Test void rowsThatAreCutOrDropped() {
        assertThat(found(run(lora(taught, "data.maxLength=20")))).contains("rows.truncated:cut");
        assertThat(found(run(lora(taught, "data.maxLength=20", "data.overLength=drop"))))
                .contains("rows.truncated:dropped");
    }

    @Test void tooFewHeldOutRows() throws IOException {
        assertThat(found(run(lora(taught, "data.heldOut=3")))).contains("heldOut.small:few");
        assertThat(found(run(lora(taught, "data.heldOut=0")))).contains("heldOut.small:none");
        Path own = rows;
        rows = rows(60, i -> ANSWERS.get((i % 7 == 0 ? i + 1 : i) % 6));
        Path run = run(lora(taught, "train.learningRate=1e-6", "data.heldOut=14"));
        rows = own;
        assertThat(found(run)).contains("heldOut.small:spread");
    }

    /** Breaks a run off after some steps, without an end in its log. */
    private static Path brokenOff(RuntimeException why) {
        Path out = folder.resolve("run-" + runs++);
        RunListener breaking = event -> {
            if (event instanceof StepDone && event.step() == 5) {
                if (why == null) {
                    Tensor.zeros(1L << 50);   // the engine itself refuses this much
                }
                throw why;
            }
        };
        assertThatThrownBy(() -> Scope.run(() -> {
            try (TrainingRun run = TrainingRun.start(lora(taught), out, breaking)) {
                run.train();
            }
        })).isInstanceOf(RuntimeException.class);
        return out;
    }

    @Test void aRunThatBrokeOffForWantOfMemoryOrElse() {
        assertThat(found(brokenOff(null))).contains("memory.exhausted:allocation");
        RuntimeException other = new IllegalStateException("the power went");
        assertThat(found(brokenOff(other))).contains("run.brokenOff:killed")
                .noneMatch(kind -> kind.startsWith("memory"));
        String before = System.getProperty("weft.memory");
        System.setProperty("weft.memory", "100000000");   // less than this process holds
        System.setProperty("weft.memory.available", "100000000000");   // and the run began all the same
        try {
            assertThat(found(brokenOff(other))).contains("memory.exhausted:killed")
                    .noneMatch(kind -> kind.startsWith("run.brokenOff"));
        } finally {
            System.clearProperty("weft.memory.available");
            if (before == null) {
                System.clearProperty("weft.memory");
            } else {
                System.setProperty("weft.memory", before);
            }
        }
    }

    @Test void whatARunLacksIsToldWithTheNextStep() {
        Path run = run(lora(taught, "train.steps=4", "data.heldOut=0"));
        Diagnosis diagnosis = Rules.diagnose(run);
        assertThat(diagnosis.unseen().keySet()).containsExactlyInAnyOrder(Need.STEPS, Need.SAMPLES);
        assertThat(diagnosis.next(Need.SAMPLES)).isEqualTo("weft evaluate " + run);
        assertThat(diagnosis.json().path("notLookedAt")).anySatisfy(rule ->
                assertThat(rule.path("kind").asText()).isEqualTo("answers.endless"));
        assertThatThrownBy(() -> Rules.diagnose(folder.resolve("none"))).isInstanceOf(UserError.class)
                .hasMessageContaining("is no run");
    }

    @Test void everyCauseOfEveryRuleIsTranslatedAndNamedOnce() {
        for (Rule rule : Rules.all()) {
            assertThat(rule.causes()).extracting(Cause::word).doesNotHaveDuplicates().isNotEmpty();
            assertThat(rule.title().in(Language.CHINESE)).isNotEqualTo(rule.title().in(Language.ENGLISH));
            assertThat(rule.when().in(Language.CHINESE)).isNotEqualTo(rule.when().in(Language.ENGLISH));
        }
    }
}
