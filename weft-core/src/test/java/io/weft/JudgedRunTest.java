package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.generate.Sampling;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Learning from answers that were found good or bad, from a recipe to an evaluation. */
class JudgedRunTest {
    @TempDir Path folder;
    private Path base;

    @BeforeEach void makeModel() { base = TinyRun.base(folder.resolve("base"), DType.F32); }

    /** Two in three of which are good. */
    private Path marks() throws IOException {
        return Files.writeString(folder.resolve("marks.jsonl"), IntStream.range(0, 24).mapToObj(i ->
                "{\"prompt\": \"the teacher reads row " + i + "\", \"completion\": \"" + (i % 3 == 0
                ? "a small model trains on ten rows!" : "my friend writes a letter? " + i) + "\", \"label\": "
                + (i % 3 != 0) + "}\n").collect(Collectors.joining()));
    }

    private Recipe recipe(Path rows, String... settings) {
        return TinyRun.recipe(base, rows, "train.objective=kto", "data.prompt=plain", "train.steps=12",
                "train.batch=4", "train.accumulate=1", "train.learningRate=0.01").with(settings);
    }

    private static Finished train(Recipe recipe, Path out) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {})) {
                return run.train();
            }
        });
    }

    @Test void aRunLearnsWhichAnswersAreGood() throws IOException {
        Path out = folder.resolve("run");
        Finished finished = train(recipe(marks()), out);
        List<StepDone> steps = only(out, StepDone.class);
        assertThat(steps.get(0).loss()).as("an untuned model gained nothing").isCloseTo(0.5, within(1e-6));
        assertThat(steps.get(0).metrics().get("kl")).isZero();
        assertThat(steps).anySatisfy(step -> assertThat(step.metrics().get("kl")).isPositive());
        List<Evaluated> evaluations = only(out, Evaluated.class);
        Evaluated last = evaluations.get(evaluations.size() - 1);
        assertThat(last.loss()).isLessThan(0.45);
        assertThat(last.metrics().keySet()).containsExactly("rewards/chosen", "rewards/rejected",
                "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected", "kl");
        assertThat(last.metrics().get("rewards/margins")).isPositive()
                .isCloseTo(last.metrics().get("rewards/chosen") - last.metrics().get("rewards/rejected"), within(1e-6));

        Comparison comparison = EvaluationRun.evaluate(out, EvaluationSettings.DEFAULTS
                .withSampling(Sampling.DEFAULTS.withMaxNewTokens(8)), EvaluationRun.Listener.NONE);
        Comparison.Line loss = comparison.line(Measure.LOSS).orElseThrow();
        assertThat(loss.base()).isCloseTo(0.5, within(1e-6));
        assertThat(loss.tuned()).isCloseTo(finished.bestLoss(), within(1e-5));
        JsonNode scores = new ObjectMapper().readTree(Files.readString(out.resolve("evaluation/scores.json")));
        for (String model : List.of("base", "tuned")) {
            assertThat(scores.path(model).path("loss").path("metrics").has("rewards/accuracies")).as(model).isTrue();
        }
    }

    @Test void accumulatingChangesNoStep() throws IOException {
        Path rows = marks();
        Recipe recipe = recipe(rows, "train.steps=3", "data.pack=false", "tuning.lora.dropout=0");
        train(recipe, folder.resolve("whole"));
        train(recipe.with("train.batch=1", "train.accumulate=4"), folder.resolve("parts"));
        List<StepDone> whole = only(folder.resolve("whole"), StepDone.class),
                parts = only(folder.resolve("parts"), StepDone.class);
        for (int i = 0; i < 3; i++) {
            assertThat(parts.get(i).loss()).isCloseTo(whole.get(i).loss(), within(1e-5));
            assertThat(parts.get(i).metrics().get("kl")).isCloseTo(whole.get(i).metrics().get("kl"), within(1e-3));
        }
    }

    @Test void aRunThatIsStoppedGoesOnBitForBit() throws IOException {
        Path rows = marks(), whole = folder.resolve("whole"), stopped = folder.resolve("stopped");
        Recipe recipe = recipe(rows, "train.steps=6", "tuning.lora.dropout=0.1");
        train(recipe, whole);
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(recipe, stopped, event -> {
                if (event instanceof StepDone && event.step() == 3) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                run.train();
            }
            try (TrainingRun run = TrainingRun.resume(stopped, event -> {})) {
                run.train();
            }
        });
        String adapter = "adapter/adapter_model.safetensors";
        assertThat(Files.mismatch(whole.resolve(adapter), stopped.resolve(adapter))).isEqualTo(-1);
    }

    @Test void weightsAreTheObjectivesOwnSettings() throws IOException {
        Path rows = marks();
        train(recipe(rows, "train.steps=1", "train.objective.kto.desirableWeight=0"), folder.resolve("run"));
        StepDone step = only(folder.resolve("run"), StepDone.class).get(0);
        assertThat(step.loss()).as("only the bad answers of the step weigh").isLessThan(0.49);
        assertThatThrownBy(() -> recipe(rows, "train.objective.kto.beta=0")).isInstanceOf(UserError.class)
                .hasMessageContaining("train.objective.kto.beta: expected a number above 0");
        assertThatThrownBy(() -> recipe(rows, "tuning.full=true")).isInstanceOf(UserError.class)
                .hasMessageContaining("kto compares with the model before tuning").hasMessageContaining("tuning.lora")
                .hasMessageNotContaining("orpo");
    }

    private static <E> List<E> only(Path run, Class<E> kind) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
