package io.weft.objective;

import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.settings.Section;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.train.AdamW;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What every objective promises, whatever it is: a new line in the table is tested without another line. */
class ObjectiveContractTest {
    private static final int ROWS = 8;

    static Stream<Objective> all() { return Objectives.all().stream(); }

    /** How many documents one row is made of, for this objective. */
    private static int documents(Objective objective) { return objective.eats().contains(Preference.class) ? 2 : 1; }

    private static Targets random(Objective objective, Random random) {
        int perRow = documents(objective);
        int[] rows = IntStream.range(0, ROWS * perRow).map(document -> document / perRow).toArray();
        int[] documents = IntStream.range(0, rows.length)
                .flatMap(document -> IntStream.generate(() -> document).limit(1 + random.nextInt(5))).toArray();
        return new Targets(numbers(documents.length, random), documents, rows,
                objective.wantsReference() ? numbers(documents.length, random) : new float[0],
                random.doubles(rows.length).toArray());
    }

    private static float[] numbers(int count, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = -0.1f - 4 * random.nextFloat();
        }
        return numbers;
    }

    @ParameterizedTest @MethodSource("all")
    void theGradientIsTheDerivativeOfTheLossSum(Objective objective) {
        for (int seed = 1; seed <= 5; seed++) {
            Targets targets = random(objective, new Random(seed));
            float[] gradient = objective.gradient(targets);
            assertThat(gradient).hasSize(targets.count());
            for (int i = 0; i < gradient.length; i++) {
                double slope = (moved(objective, targets, i, 1 / 64f) - moved(objective, targets, i, -1 / 64f)) * 32;
                assertThat(slope).isCloseTo(gradient[i], within(1e-3 * (1 + Math.abs(slope))));
            }
        }
    }

    private static double moved(Objective objective, Targets targets, int at, float by) {
        float[] moved = targets.logProbabilities().clone();
        moved[at] += by;
        return objective.loss(targets.withLogProbabilities(moved)).total();
    }

    @ParameterizedTest @MethodSource("all")
    void itSaysWhetherItsGradientDependsOnTheLogProbabilities(Objective objective) {
        Targets targets = random(objective, new Random(1));
        float[] gradient = objective.gradient(targets);
        float[] elsewhere = objective.gradient(targets.withLogProbabilities(numbers(targets.count(), new Random(2))));
        assertThat(Arrays.equals(gradient, elsewhere)).isNotEqualTo(objective.dependsOnLogProbabilities());
        if (!objective.dependsOnLogProbabilities()) {
            Targets unknown = Targets.unknown(targets.documents(), targets.rows(), targets.values())
                    .withReference(targets.reference());
            assertThat(objective.gradient(unknown)).isEqualTo(gradient);
        }
    }

    @ParameterizedTest @MethodSource("all")
    void whatItCountsIsKnownBeforeTheLogProbabilities(Objective objective) {
        Targets targets = random(objective, new Random(1));
        Targets unknown = Targets.unknown(targets.documents(), targets.rows(), targets.values())
                .withReference(targets.reference());
        assertThat(objective.loss(unknown).count()).isEqualTo(objective.loss(targets).count()).isPositive();
    }

    @ParameterizedTest @MethodSource("all")
    void lossCountAndMetricsAddOverMicroBatches(Objective objective) {
        Targets whole = random(objective, new Random(3));
        LossSum expected = objective.loss(whole);
        for (int size : new int[] {1, 2, 3}) {
            LossSum sum = LossSum.ZERO;
            for (int row = 0; row < ROWS; row += size) {
                sum = sum.plus(objective.loss(rows(whole, row, Math.min(ROWS, row + size))));
            }
            assertThat(sum.total()).isCloseTo(expected.total(), within(1e-9 * Math.abs(expected.total())));
            assertThat(sum.count()).isEqualTo(expected.count());
            assertThat(sum.means().keySet()).containsExactlyElementsOf(expected.means().keySet());
            Map<String, Double> means = sum.means();
            expected.means().forEach((name, mean) ->
                    assertThat(means.get(name)).as(name).isCloseTo(mean, within(1e-9 * (1 + Math.abs(mean)))));
        }
    }

    /** Rows from one to before another, as a batch of their own. */
    private static Targets rows(Targets whole, int from, int to) {
        int first = (int) Arrays.stream(whole.rows()).filter(row -> row < from).count();
        int[] places = IntStream.range(0, whole.count()).filter(i -> whole.rows()[whole.documents()[i]] >= from
                && whole.rows()[whole.documents()[i]] < to).toArray();
        return new Targets(at(whole.logProbabilities(), places),
                Arrays.stream(places).map(i -> whole.documents()[i] - first).toArray(),
                Arrays.stream(whole.rows()).filter(row -> row >= from && row < to).map(row -> row - from).toArray(),
                whole.reference().length == 0 ? new float[0] : at(whole.reference(), places),
                IntStream.range(0, whole.rows().length).filter(document -> whole.rows()[document] >= from
                        && whole.rows()[document] < to).mapToDouble(document -> whole.values()[document]).toArray());
    }

    private static float[] at(float[] numbers, int[] places) {
        float[] picked = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            picked[i] = numbers[places[i]];
        }
        return picked;
    }

    @ParameterizedTest @MethodSource("all")
    void accumulatingInAnyWayIsOneBatch(Objective objective) {
        Scope.run(() -> {
            CausalLm model = tunedModel();
            List<ExampleGroup> groups = groups(objective, 0);
            Outcome whole = pass(model, objective, groups, ROWS);
            for (int size : new int[] {1, 2, 4}) {
                Outcome parts = pass(model, objective, groups, size);
                assertThat(parts.loss.total()).isCloseTo(whole.loss.total(),
                        within(1e-6 * Math.abs(whole.loss.total())));
                assertThat(parts.loss.count()).isEqualTo(whole.loss.count());
                assertThat(distance(whole.gradient, parts.gradient)).isLessThan(1e-6);
            }
        });
    }

    @ParameterizedTest @MethodSource("all")
    void whatIsNotTrainedHasNoEffect(Objective objective) {
        Scope.run(() -> {
            CausalLm model = tunedModel();
            Outcome one = pass(model, objective, groups(objective, 0), ROWS),
                    other = pass(model, objective, groups(objective, 5), ROWS);
            assertThat(other.loss).isEqualTo(one.loss);
            assertThat(other.gradient).isEqualTo(one.gradient);
        });
    }

    @ParameterizedTest @MethodSource("all")
    void theReferenceIsTheUntunedModelAndComesOnlyWhenItIsWanted(Objective objective) {
        Scope.run(() -> {
            CausalLm model = tunedModel();
            List<Targets> seen = new ArrayList<>();
            Batch batch = Batch.ofGroups(groups(objective, 0));
            var walk = new BlockWalk(model);
            walk.forwardBackward(batch, new Seeing(objective, seen), 1);
            walk.loss(batch, new Seeing(objective, seen));
            assertThat(seen).hasSizeGreaterThan(2);
            if (!objective.wantsReference()) {
                assertThat(seen).allSatisfy(targets -> assertThat(targets.reference()).isEmpty());
                return;
            }
            model.tuned().values().forEach(tensor -> tensor.copyFrom(Tensor.zeros(tensor.shape())));
            float[] untuned = last(seen, () -> walk.loss(batch, new Seeing(objective, seen))).logProbabilities();
            assertThat(seen).allSatisfy(targets -> assertThat(distance(untuned, targets.reference()))
                    .isLessThan(1e-6));
            assertThat(seen.get(1).logProbabilities()).isNotEqualTo(seen.get(1).reference());
        });
    }

    private static Targets last(List<Targets> seen, Runnable action) {
        action.run();
        return seen.get(seen.size() - 1);
    }

    @ParameterizedTest @MethodSource("all")
    void aPassLeavesNoNativeObjectBehind(Objective objective) {
        Scope.run(() -> {
            CausalLm model = tunedModel();
            var walk = new BlockWalk(model);
            Batch batch = Batch.ofGroups(groups(objective, 0));
            walk.forwardBackward(batch, objective, 1);
            long before = Scope.live();
            for (int i = 0; i < 3; i++) {
                walk.forwardBackward(batch, objective, 1);
                walk.loss(batch, objective);
            }
            assertThat(Scope.live()).isEqualTo(before);
        });
    }

    @ParameterizedTest @MethodSource("all")
    void trainingLowersIt(Objective objective) {
        Scope.run(() -> {
            CausalLm model = tunedModel();
            var walk = new BlockWalk(model);
            var optimizer = new AdamW(model.tuned(), 0);
            Batch batch = Batch.ofGroups(groups(objective, 0));
            double before = walk.loss(batch, objective).mean();
            for (int step = 0; step < 20; step++) {
                LossSum sum = walk.forwardBackward(batch, objective, 1);
                optimizer.step(0.01, 1.0 / sum.count(), 1);
            }
            assertThat(walk.loss(batch, objective).mean()).isLessThan(0.8 * before);
        });
    }

    /** Adapters that do something, unlike fresh ones. */
    private static CausalLm tunedModel() {
        CausalLm model = TinyModels.of("llama");
        new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
        model.tuned().forEach((name, tensor) ->
                tensor.copyFrom(RandomStream.of(name.hashCode()).normal(0.1, tensor.shape())));
        return model;
    }

    /** Rows of uneven lengths, the last token of each document untrained. @param other moves that token's id */
    private static List<ExampleGroup> groups(Objective objective, int other) {
        int perRow = documents(objective);
        return IntStream.range(0, ROWS).mapToObj(row -> group(perRow, row, other)).toList();
    }

    private static ExampleGroup group(int documents, int row, int other) {
        return new ExampleGroup(IntStream.range(0, documents).mapToObj(document -> {
            Example example = TinyModels.example(5 + (row * 5 + document * 3) % 14, 1 + (row + document) % 3);
            int[] ids = example.ids().clone();
            ids[ids.length - 1] = (ids[ids.length - 1] + other) % TinyModels.VOCABULARY;
            return new Example(ids, example.trained());
        }).toList());
    }

    /** @param gradient of all parameters, one after the other */
    private record Outcome(LossSum loss, float[] gradient) {}

    private static Outcome pass(CausalLm model, Objective objective, List<ExampleGroup> groups, int size) {
        var walk = new BlockWalk(model);
        LossSum sum = LossSum.ZERO;
        for (int from = 0; from < groups.size(); from += size) {
            sum = sum.plus(walk.forwardBackward(Batch.ofGroups(groups.subList(from,
                    Math.min(groups.size(), from + size))), objective, 1));
        }
        float[] gradient = new float[(int) model.trainedCount()];
        int at = 0;
        for (Tensor tensor : model.tuned().values()) {
            float[] part = tensor.gradient().toFloats();
            System.arraycopy(part, 0, gradient, at, part.length);
            at += part.length;
            tensor.clearGradient();
        }
        return new Outcome(sum, gradient);
    }

    /** Relative to the first one's length. */
    private static double distance(float[] expected, float[] found) {
        assertThat(found).hasSameSizeAs(expected);
        double squares = 0, difference = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += (double) expected[i] * expected[i];
            difference += Math.pow((double) expected[i] - found[i], 2);
        }
        return Math.sqrt(difference / squares);
    }

    /** Keeps what an objective is shown. */
    private record Seeing(Objective seeing, List<Targets> seen) implements Objective {
        @Override public Section<? extends Objective> section() { return seeing.section(); }

        @Override public Set<Class<? extends Sample>> eats() { return seeing.eats(); }

        @Override public LossSum loss(Targets targets) {
            seen.add(targets);
            return seeing.loss(targets);
        }

        @Override public float[] gradient(Targets targets) {
            seen.add(targets);
            return seeing.gradient(targets);
        }

        @Override public boolean dependsOnLogProbabilities() { return seeing.dependsOnLogProbabilities(); }

        @Override public boolean wantsReference() { return seeing.wantsReference(); }
    }
}
