package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.evaluate.Verdict;
import io.weft.generate.Sampling;
import io.weft.objective.grpo.Grpo;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeWriter;
import io.weft.resume.Resumption;
import io.weft.reward.Answered;
import io.weft.reward.Reward;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.weft.problem.Translatable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Learning from the model's own answers, from a recipe to an evaluation. */
class GrpoRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;
    private Path base, rows;

    @BeforeEach void makeModel() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
    }

    /** To answer in Chinese characters, of which the base knows as much as of others. */
    private Recipe recipe(String... settings) {
        return TinyRun.recipe(base, rows, "train.objective.grpo.rewards.language.language=zh",
                "train.objective.grpo.maxNewTokens=6", "train.objective.grpo.generations=4", "train.batch=2",
                "train.accumulate=2", "train.steps=8", "data.heldOut=8").with(settings);
    }

    private static Finished train(Recipe recipe, Path out) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {})) {
                return run.train();
            }
        });
    }

    private static <E> List<E> only(Path run, Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test void aRunRaisesWhatIsRewardedAndIsJudgedByIt() throws IOException {
        Path out = folder.resolve("run");
        Finished finished = train(recipe("train.steps=16"), out);
        assertThat(-finished.bestLoss()).isGreaterThan(0.3 - finished.untouchedLoss());
        List<StepDone> steps = only(out, StepDone.class);
        assertThat(steps.get(0).metrics().keySet()).contains("reward", "reward_std", "rewards/language/mean", "kl",
                "entropy", "completions/mean_length", "completions/clipped_ratio", "frac_reward_zero_std");
        assertThat(steps.get(0).metrics().get("kl")).as("an untuned model is where it was").isCloseTo(0, within(1e-9));
        assertThat(steps.get(15).metrics().get("kl")).isPositive();
        for (Evaluated evaluated : only(out, Evaluated.class)) {
            assertThat(evaluated.loss()).isCloseTo(-evaluated.metrics().get("reward"), within(1e-12));
        }
        JsonNode state = JSON.readTree(Files.readString(out.resolve("trainer_state.json"))).path("log_history");
        assertThat(state.findValues("eval_reward")).isNotEmpty();
        assertThat(state.findValues("rewards/language/mean")).isNotEmpty();
        Comparison comparison = EvaluationRun.evaluate(out, EvaluationSettings.DEFAULTS
                .withSampling(Sampling.DEFAULTS.withMaxNewTokens(6)), EvaluationRun.Listener.NONE);
        Comparison.Line reward = comparison.line(Measure.REWARD).orElseThrow();
        assertThat(reward.base()).isCloseTo(-finished.untouchedLoss(), within(1e-12));
        assertThat(reward.tuned()).isCloseTo(-finished.bestLoss(), within(1e-12));
        assertThat(reward.verdict()).isEqualTo(Verdict.BETTER);
        assertThat(comparison.line(Measure.LOSS)).isEmpty();
        assertThat(comparison.notApplicable()).first().asString().contains("mean reward");
    }

    @Test void everyAnswerCanBeLookedAt() throws IOException {
        Path out = folder.resolve("run");
        train(recipe(), out);
        List<JsonNode> answers = rollouts(out);
        assertThat(answers.size()).isEqualTo(8 * 4 * 4);
        Map<String, List<JsonNode>> groups = answers.stream().collect(Collectors.groupingBy(answer ->
                answer.path("step").asText() + answer.path("prompt").asText()));
        assertThat(groups.size()).isEqualTo(8 * 4);
        groups.values().forEach(group -> {
            assertThat(group).hasSize(4);
            assertThat(group.stream().mapToDouble(answer -> answer.path("advantage").asDouble()).sum())
                    .isCloseTo(0, within(1e-9));
        });
        for (JsonNode answer : answers) {
            assertThat(answer.path("prompt").asText()).contains("the teacher reads row");
            assertThat(answer.path("reference").asText()).isNotEmpty();
            assertThat(answer.path("tokens").asInt()).isBetween(1, 6);
            assertThat(answer.path("rewards").path("language").asDouble()).isEqualTo(answer.path("reward").asDouble());
        }
        assertThat(answers.stream().map(answer -> answer.path("answer").asText()).distinct().count())
                .as("drawn, each by itself").isGreaterThan(100);
    }

    private static List<JsonNode> rollouts(Path run) throws IOException {
        return Files.readAllLines(run.resolve("rollouts.jsonl")).stream().map(GrpoRunTest::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test void aRunThatIsStoppedGoesOnBitForBit() throws IOException {
        Recipe recipe = recipe("tuning.lora.dropout=0.1", "train.saveEvery=3");
        Path whole = TinyRun.trained(recipe, folder.resolve("whole"));
        Path stopped = TinyRun.stopped(recipe, folder.resolve("stopped"), 5);
        // what a process wrote before it was killed
        Files.writeString(stopped.resolve("rollouts.jsonl"), Files.readString(stopped.resolve("rollouts.jsonl"))
                + "{\"step\": 6, \"prompt\": \"lost\"}\n{\"step\": 6, \"pro");
        TinyRun.resumed(stopped, Resumption.PLAIN);
        for (String file : List.of("adapter/adapter_model.safetensors", "rollouts.jsonl")) {
            assertThat(Files.mismatch(whole.resolve(file), stopped.resolve(file))).as(file).isEqualTo(-1);
        }
        assertThat(log(stopped)).isEqualTo(log(whole));
    }

    private static List<String> log(Path run) throws IOException {
        return Files.readAllLines(run.resolve("events.jsonl")).stream()
                .map(line -> line.replaceAll("\"(at|seconds)\":(\"[^\"]*\"|[0-9.E-]+)", "")).toList();
    }

    @Test void answersThatAreAllWorthTheSameAreTold() {
        Path out = folder.resolve("run");
        train(recipe("train.objective.grpo.rewards=length", "train.steps=21", "data.heldOut=0")
                .with("train.objective.grpo.rewards.length.least=0"), out);
        assertThat(only(out, StepDone.class)).allSatisfy(step ->
                assertThat(step.metrics().get("frac_reward_zero_std")).isEqualTo(1));
        assertThat(only(out, Warned.class).stream().filter(warned -> warned.kind().equals("reward.equal"))
                .map(RunEvent::step)).containsExactly(10, 20);
    }

    @Test void whatMakesNoSenseIsRefusedBeforeWeightsAreRead() {
        refused("generations: expected a whole number from 2", "train.objective.grpo.generations=1");
        refused("rewards: expected one or more of exactMatch", "train.objective.grpo.rewards=[]");
        refused("did you mean exactMatch?", "train.objective.grpo.rewards=exactmatch");
        refused("length has no setting longest", "train.objective.grpo.rewards.length.longest=3");
        refused("length.least: expected a whole number", "train.objective.grpo.rewards.length.least=few");
        refused("least 300 is above most 200", "train.objective.grpo.rewards.length.least=300");
        refused("regex.pattern is missing", "train.objective.grpo.rewards=regex");
        refused("is no regular expression", "train.objective.grpo.rewards.regex.pattern=(");
        refused("cannot be read", "train.objective.grpo.rewards.jsonSchema.schema=nowhere.json");
        refused("format, which is not known here",
                "train.objective.grpo.rewards.jsonSchema.schema={\"format\": \"date\"}");
        refused("beta: 0, or take an adapter", "tuning.full=true");
        refused("cutEnd cuts what is asked", "data.overLength=cutEnd");
        assertThatThrownBy(() -> train(recipe("train.objective.grpo.maxNewTokens=120"), folder.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("context of 128")
                .hasMessageContaining("the teacher reads row");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private void refused(String said, String setting) {
        assertThatThrownBy(() -> recipe(setting)).as(setting).isInstanceOf(UserError.class).hasMessageContaining(said);
    }

    @Test void rowsMayLackAnswersWhereNoRewardComparesWithThem() throws IOException {
        rows = Files.writeString(folder.resolve("prompts.jsonl"), IntStream.range(0, 24).mapToObj(i ->
                "{\"prompt\": \"the teacher reads row " + i + "\"}\n").collect(Collectors.joining()));
        Path out = folder.resolve("run");
        train(recipe("train.steps=2"), out);
        assertThat(rollouts(out)).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.path("prompt").asText()).startsWith("the teacher reads row");
            assertThat(answer.has("reference")).isFalse();
        });
        assertThatThrownBy(() -> train(recipe("train.objective.grpo.rewards=exactMatch"), folder.resolve("other")))
                .isInstanceOf(UserError.class).hasMessageContaining("exactMatch compares with the row's own answer")
                .hasMessageContaining("16 of 16 rows have none").hasMessageContaining("the teacher reads row");
        assertThatThrownBy(() -> train(TinyRun.recipe(base, rows, "data.format=prompts"), folder.resolve("sft")))
                .isInstanceOf(UserError.class).hasMessageContaining("prompts without an answer")
                .hasMessageContaining("grpo");
    }

    /** Another jar's, with a fault. */
    public record Faulty(double weight, double worth) implements Reward {
        private static final Section<Faulty> SECTION = Section.of("faulty", new Faulty(1, 0), text("reward"), WEIGHT,
                Setting.of("worth", new Number(-1, false, 1, false),
                text("reward")));

        @Override public Section<Faulty> section() { return SECTION; }

        @Override public double of(Answered answered) {
            if (worth == 1) {
                throw new IllegalStateException("broken rule");
            }
            return worth;
        }
    }

    private Recipe rewardedBy(Reward reward) {
        Recipe recipe = recipe();
        Grpo usual = (Grpo) recipe.train().objective();
        return recipe.withTrain(recipe.train().withObjective(new Grpo(usual.rollout(), List.of(reward), usual.beta(),
                usual.clip(), usual.normalise())));
    }

    @Test void aRewardThatIsNoNumberOrFailsIsNamedWithItsAnswer() {
        assertThatThrownBy(() -> train(rewardedBy(new Faulty(1, Double.NaN)), folder.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("reward faulty is NaN")
                .hasMessageContaining("the teacher reads row").hasMessageContaining("answer: ");
        assertThatThrownBy(() -> train(rewardedBy(new Faulty(1, 1)), folder.resolve("other")))
                .isInstanceOf(UserError.class).hasMessageContaining("reward faulty failed")
                .hasMessageContaining("broken rule").hasMessageContaining("the teacher reads row");
    }

    @Test void fullTuningLearnsWithoutAReference() {
        Path out = folder.resolve("run");
        Finished finished = train(recipe("tuning.full=true", "train.objective.grpo.beta=0", "train.learningRate=0.003",
                "train.objective.grpo.normalise=dr_grpo"), out);
        assertThat(-finished.bestLoss()).isGreaterThan(-finished.untouchedLoss());
        assertThat(only(out, StepDone.class).get(0).metrics()).doesNotContainKey("kl");
    }

    @Test void recipesKeepEveryReward() {
        Recipe recipe = recipe("train.objective.grpo.rewards.length.weight=0.5",
                "train.objective.grpo.rewards.exactMatch.find=\"#### (.+)\"");
        assertThat(Recipe.parse(RecipeWriter.text(recipe))).isEqualTo(recipe);
        Grpo grpo = (Grpo) recipe.train().objective();
        assertThat(grpo.rewards().stream().map(Reward::name).collect(Collectors.toSet()))
                .isEqualTo(Set.of("language", "length", "exactMatch"));
        Recipe listed = Recipe.parse("model: a\ndata: {train: b}\ntrain:\n  objective:\n    grpo:\n      rewards:\n"
                + "        - exactMatch\n        - length: {most: 7}\n");
        assertThat(((Grpo) listed.train().objective()).rewards().get(1).toString()).contains("most=7");
    }
}
