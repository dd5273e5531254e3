package io.weft.train;

import io.weft.data.Conversation;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.Sample;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Targets;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.settings.Section;
import io.weft.tensor.Scope;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static io.weft.problem.Translatable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TrainerTest {
    private static final int ROWS = 8;
    private final List<RunEvent> events = new ArrayList<>();

    /** Half the square of each row's log-probability: counted by row, with a gradient that depends on it. */
    private record ByRow() implements Objective {
        @Override public Section<ByRow> section() { return Section.of("byRow", this, text("for a test")); }

        @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class); }

        @Override public LossSum loss(Targets targets) {
            double[] rows = targets.byDocument();
            double total = Arrays.stream(rows).map(row -> row * row / 2).sum();
            return new LossSum(total, rows.length).with("likelihood", Arrays.stream(rows).sum(), rows.length);
        }

        @Override public float[] gradient(Targets targets) { return targets.ofDocuments(targets.byDocument()); }
    }

    /** A finite loss with a gradient that is not, once the log-probabilities are known. */
    private record Broken() implements Objective {
        @Override public Section<Broken> section() { return Section.of("broken", this, text("for a test")); }

        @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class); }

        @Override public LossSum loss(Targets targets) { return new LossSum(1, targets.count()); }

        @Override public float[] gradient(Targets targets) {
            float[] gradient = new float[targets.count()];
            gradient[0] = Float.NaN;
            return gradient;
        }
    }

    /** The weights after training on rows of uneven lengths, in whatever micro-batches. */
    private Map<String, float[]> trained(Objective objective, int batch, int accumulate, Average average) {
        events.clear();
        return Scope.value(() -> {
            CausalLm model = TinyModels.of("llama");
            new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
            TrainSettings settings = TrainSettings.DEFAULTS
                    .withBatching(new Batching(1, OptionalInt.of(5), batch, accumulate)).withAverage(average);
            List<List<ExampleGroup>> rows = IntStream.range(0, ROWS).mapToObj(row ->
                    List.of(ExampleGroup.of(TinyModels.example(6 + row * 3 % 11, 1 + row % 4)))).toList();
            int[] order = IntStream.range(0, ROWS).toArray();
            var job = new Trainer.Job(model, objective, settings, 0.01, Rows.of(rows), List.of(),
                    TrainingPlan.of(ROWS, settings.batching(), epoch -> order));
            new Trainer(job, new AdamW(model.tuned(), 0), TrainState.START, events::add,
                    (state, optimizer) -> "nowhere").run();
            Map<String, float[]> weights = new LinkedHashMap<>();
            model.tuned().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
            return weights;
        });
    }

    @Test void microBatchesOfAsManyRowsWeighTheSameWhereRowsAreCounted() {
        Map<String, float[]> once = trained(new ByRow(), 8, 1, Average.TOKENS);
        List<StepDone> steps = only(StepDone.class);
        assertThat(steps.get(0).trainedTokens()).as("tokens are told as tokens")
                .isEqualTo(IntStream.range(0, ROWS).map(row -> 1 + row % 4).sum());
        for (Average average : Average.values()) {
            Map<String, float[]> parts = trained(new ByRow(), 2, 4, average);
            for (int i = 0; i < steps.size(); i++) {
                StepDone step = only(StepDone.class).get(i);
                assertThat(step.loss()).isCloseTo(steps.get(i).loss(), within(1e-5 * steps.get(i).loss()));
                assertThat(step.gradientNorm()).isCloseTo(steps.get(i).gradientNorm(),
                        within(1e-4 * steps.get(i).gradientNorm()));
                assertThat(step.metrics().get("likelihood")).isCloseTo(steps.get(i).metrics().get("likelihood"),
                        within(1e-4));
            }
            once.forEach((name, weights) -> assertThat(parts.get(name)).as(name).containsExactly(weights,
                    within(1e-3f)));
        }
    }

    @Test void aGradientThatIsNotFiniteTakesNoStepAndEndsTheRun() {
        Map<String, float[]> untouched = Scope.value(() -> {
            CausalLm model = TinyModels.of("llama");
            new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
            Map<String, float[]> weights = new LinkedHashMap<>();
            model.tuned().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
            return weights;
        });
        trained(new Broken(), 4, 2, Average.TOKENS)
                .forEach((name, weights) -> assertThat(weights).as(name).isEqualTo(untouched.get(name)));
        assertThat(only(Warned.class)).extracting(Warned::kind).containsOnly("gradient.notFinite").hasSize(3);
        assertThat(only(Warned.class).get(2).arguments()).containsExactly(3L, 3L, "[0, 1, 2, 3, 4, 5, 6, 7]");
        assertThat(only(RunEvent.Finished.class)).extracting(RunEvent.Finished::reason)
                .containsExactly(Reason.DIVERGED);
    }

    private <E extends RunEvent> List<E> only(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
