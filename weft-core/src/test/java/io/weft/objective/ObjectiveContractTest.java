package io.weft.objective;

import io.weft.TinyRun;
import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Readout;
import io.weft.settings.Section;
import io.weft.settings.Values;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.TinyTokenizers;
import io.weft.train.AdamW;
import io.weft.train.Objectives;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import io.weft.tune.TrainedHead;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What every objective promises, whatever it is: a new line in the table is tested without another line. */
@ExtendWith(ObjectiveContractTest.InScope.class)
class ObjectiveContractTest {
    private static final int ROWS = 8, LABELS = 3;
    @TempDir private static Path folder;

    /** Models that an objective opens live as long as a test does. */
    static final class InScope implements InvocationInterceptor {
        @Override public void interceptTestTemplateMethod(Invocation<Void> invocation,
                ReflectiveInvocationContext<Method> context, ExtensionContext extension) throws Throwable {
            Throwable[] failed = new Throwable[1];
            Scope.run(() -> {
                try {
                    invocation.proceed();
                } catch (Throwable e) {
                    failed[0] = e;
                }
            });
            if (failed[0] != null) {
                throw failed[0];
            }
        }
    }

    /**
     * As it works in a run; the models that it needs beside that of the test are small ones with another vocabulary.
     */
    private static Objective opened(Objective kind) {
        Path other = folder.resolve("other"), own = folder.resolve("own");
        if (!Files.exists(other)) {
            TinyRun.base(other, DType.F32);
            TinyModels.folder("llama", own);
            TinyTokenizers.write(own);
        }
        Objective located = kind.locating(name -> other.toString());
        return located instanceof Distill distill ? distill.beside(ModelFolder.open(own)) : located;
    }

    static Stream<Objective> all() {
        return Objectives.all().stream().flatMap(ObjectiveContractTest::variants).map(ObjectiveContractTest::decided);
    }

    /** With what it leaves to the rows. */
    private static Objective decided(Objective objective) {
        return !objective.eats().contains(Labelled.class) ? objective : objective.over(List.of(IntStream
                .range(0, LABELS).mapToObj(label -> new Labelled(List.of(Message.user("a")), "label " + label,
                new Place("rows", label))).toList()), List.of());
    }

    /** As it is, and with each other word and truth that a setting of it takes. */
    private static Stream<Objective> variants(Objective objective) {
        Section<? extends Objective> section = objective.section();
        return Stream.concat(Stream.of(objective), section.settings().stream().flatMap(setting -> {
            Stream<Object> values = setting.values() instanceof Values.OneOf one
                    ? one.words().stream().map(word -> one.parse(word).orElseThrow())
                    : setting.values() instanceof Values.Flag ? Stream.of(true, false) : Stream.empty();
            return values.map(value -> (Objective) section.with(Map.of(setting.name(), value)));
        })).distinct();
    }

    /** How many documents one row is made of, for this objective. */
    private static int documents(Objective objective) { return objective.eats().contains(Preference.class) ? 2 : 1; }

    /**
     * Rows with log-probabilities of their own, as a step that the objective was prepared for.
     *
     * @param objective as it is in that step
     */
    private record Drawn(List<ExampleGroup> groups, Targets targets, Objective objective) {
        /** Rows from one to before another, as a micro-batch of the step. */
        Targets rows(int from, int to) {
            Batch batch = Batch.ofGroups(groups.subList(from, to));
            Places part = Places.of(batch, objective);
            int first = from == 0 ? 0 : Places.of(Batch.ofGroups(groups.subList(0, from)), objective).count();
            Targets known = part.unknown(batch).withLogProbabilities(
                    Arrays.copyOfRange(targets.logProbabilities(), first, first + part.count()))
                    .withCandidates(part(targets.candidates(), first, part.count()));
            known = targets.predicted().length == 0 ? known : known.with(new TokenLoss.Said(known.logProbabilities(),
                    Arrays.copyOfRange(targets.predicted(), first, first + part.count()), new float[0]));
            return targets.reference().length == 0 ? known
                    : known.withReference(Arrays.copyOfRange(targets.reference(), first, first + part.count()));
        }

        Targets unknown() {
            Batch batch = Batch.ofGroups(groups);
            return Places.of(batch, objective).unknown(batch).withReference(targets.reference())
                    .withCandidates(targets.candidates().with(new float[0]));
        }

        private static Candidates part(Candidates all, int first, int count) {
            int k = all.count(), of = all.taught().length == 0 ? 0 : all.outcomes();
            return new Candidates(Arrays.copyOfRange(all.ids(), first * k, (first + count) * k), k, all.temperature(),
                    Arrays.copyOfRange(all.taught(), first * of, (first + count) * of),
                    Arrays.copyOfRange(all.learned(), first * of, (first + count) * of));
        }
    }

    /** What a teacher of three candidates says, and what the model says of them. */
    private static Candidates candidates(int targets, Random random) {
        return new Candidates(random.ints(3L * targets, 0, TinyModels.VOCABULARY).toArray(), 3, 1,
                outcomes(targets, 4, random), outcomes(targets, 4, random));
    }

    /** Log-probabilities that add up to 1 at each target. */
    private static float[] outcomes(int targets, int each, Random random) {
        float[] all = numbers(targets * each, random);
        for (int from = 0; from < all.length; from += each) {
            double sum = 0;
            for (int i = from; i < from + each; i++) {
                sum += Math.exp(all[i]);
            }
            for (int i = from; i < from + each; i++) {
                all[i] -= (float) Math.log(sum);
            }
        }
        return all;
    }

    private static Drawn random(Objective objective, Random random) {
        List<ExampleGroup> groups = IntStream.range(0, ROWS).mapToObj(row -> new ExampleGroup(
                IntStream.range(0, documents(objective)).mapToObj(document -> {
                    int prompt = 1 + random.nextInt(3), length = prompt + 1 + random.nextInt(5);
                    boolean[] trained = new boolean[length];
                    Arrays.fill(trained, prompt, length, true);
                    return new Example(random.ints(length, 0, TinyModels.VOCABULARY).toArray(), trained);
                }).toList(), values(objective, row))).toList();
        Objective prepared = objective.prepare(new Objective.Step(split(groups, 3), objective), new Counting())
                .objective();
        Batch batch = Batch.ofGroups(groups);
        Targets targets = Places.of(batch, prepared).unknown(batch);
        Targets known = targets.with(new TokenLoss.Said(numbers(targets.count(), random),
                prepared.readout() == Readout.CLASSES ? random.ints(targets.count(), 0, LABELS).toArray()
                : new int[0], new float[0])).withCandidates(prepared.taughtBy()
                .map(teacher -> candidates(targets.count(), random)).orElse(Candidates.NONE));
        if (objective.makesAnswers()) {
            known = known.withEarlier(earlier(known.logProbabilities(), random));
            groups = made(groups, known.earlier());
        }
        return new Drawn(groups, prepared.wantsReference()
                ? known.withReference(numbers(targets.count(), random)) : known, prepared);
    }

    /** On both sides of where a ratio is clipped by default, and never so near that a slope has no one value. */
    private static float[] earlier(float[] now, Random random) {
        float[] earlier = now.clone();
        for (int i = 0; i < earlier.length; i++) {
            earlier[i] += new float[] {-1, -0.4f, -0.1f, 0, 0.1f, 0.4f, 1}[random.nextInt(7)];
        }
        return earlier;
    }

    /** The same, made by a model. */
    private static List<ExampleGroup> made(List<ExampleGroup> groups, float[] earlier) {
        List<ExampleGroup> made = new ArrayList<>();
        int at = 0;
        for (ExampleGroup group : groups) {
            int targets = group.documents().stream().mapToInt(Example::trainedTokens).sum();
            made.add(new ExampleGroup(group.documents(), group.values(),
                    Arrays.copyOfRange(earlier, at, at + targets)));
            at += targets;
        }
        return made;
    }

    private static List<List<ExampleGroup>> split(List<ExampleGroup> groups, int size) {
        return IntStream.iterate(0, from -> from < groups.size(), from -> from + size)
                .mapToObj(from -> groups.subList(from, Math.min(groups.size(), from + size))).toList();
    }

    /** What is said of a row's documents: labels, margins, advantages; of answers, that two in three are good. */
    private static double[] values(Objective objective, int row) {
        if (objective.readout().isOfRows()) {
            return objective.readout() == Readout.CLASSES ? new double[] {row % LABELS}
                    : new double[] {row % 2 == 0 ? 0.25 * row : Double.NaN, Double.NaN};
        }
        if (objective.makesAnswers()) {
            return new double[] {row % 2 == 0 ? 1 : -0.5};
        }
        return objective.eats().contains(Judged.class) ? new double[] {row % 3 == 1 ? -1 : 1} : new double[0];
    }

    /** No model: every token of a document is somewhat likelier with an adapter than without. */
    private record Counting() implements StepContext {
        @Override public CausalLm model() { throw new UnsupportedOperationException(); }

        @Override public Adapters adapters() { return Adapters.DEFAULT; }

        @Override public long step() { return 0; }

        @Override public double[] logProbabilities(List<ExampleGroup> groups, Adapters through) {
            return groups.stream().mapToDouble(group -> (through.isNone() ? -2 : -1.5) * group.length()).toArray();
        }
    }

    private static float[] numbers(int count, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = -0.1f - 4 * random.nextFloat();
        }
        return numbers;
    }

    @ParameterizedTest @MethodSource("all")
    void theGradientIsTheDerivativeOfTheLossSum(Objective given) {
        Objective objective = opened(given);
        for (int seed = 1; seed <= 5; seed++) {
            Drawn drawn = random(objective, new Random(seed));
            Targets targets = drawn.targets();
            float[] gradient = drawn.objective().gradient(targets);
            assertThat(gradient).hasSize(targets.count());
            for (int i = 0; i < gradient.length; i++) {
                double slope = (moved(drawn.objective(), targets, i, 1 / 256f)
                        - moved(drawn.objective(), targets, i, -1 / 256f)) * 128;
                assertThat(slope).isCloseTo(gradient[i], within(1e-3 * (1 + Math.abs(slope))));
            }
            float[] byCandidate = drawn.objective().candidateGradient(targets);
            assertThat(byCandidate).hasSameSizeAs(targets.candidates().learned());
            for (int i = 0; i < byCandidate.length; i++) {
                double slope = (movedCandidate(drawn.objective(), targets, i, 1 / 256f)
                        - movedCandidate(drawn.objective(), targets, i, -1 / 256f)) * 128;
                assertThat(slope).isCloseTo(byCandidate[i], within(1e-3 * (1 + Math.abs(slope))));
            }
        }
    }

    private static double movedCandidate(Objective objective, Targets targets, int at, float by) {
        float[] moved = targets.candidates().learned().clone();
        moved[at] += by;
        return objective.loss(targets.withCandidates(targets.candidates().with(moved))).total();
    }

    private static double moved(Objective objective, Targets targets, int at, float by) {
        float[] moved = targets.logProbabilities().clone();
        moved[at] += by;
        return objective.loss(targets.withLogProbabilities(moved)).total();
    }

    @ParameterizedTest @MethodSource("all")
    void itSaysWhetherItsGradientDependsOnTheLogProbabilities(Objective given) {
        Drawn drawn = random(opened(given), new Random(1));
        Objective objective = drawn.objective();
        float[] gradient = objective.gradient(drawn.targets());
        float[] far = numbers(drawn.targets().count(), new Random(2));
        for (int i = 0; i < far.length; i++) {
            far[i] *= 20;   // beyond any margin
        }
        Candidates asked = drawn.targets().candidates();
        Targets elsewhere = drawn.targets().withLogProbabilities(far).withCandidates(
                asked.with(numbers(asked.learned().length, new Random(3))));
        float[] candidates = objective.candidateGradient(drawn.targets());
        assertThat(Arrays.equals(gradient, objective.gradient(elsewhere))
                && Arrays.equals(candidates, objective.candidateGradient(elsewhere)))
                .isNotEqualTo(objective.dependsOnLogProbabilities());
        if (!objective.dependsOnLogProbabilities()) {
            assertThat(objective.gradient(drawn.unknown())).isEqualTo(gradient);
            assertThat(objective.candidateGradient(drawn.unknown())).isEqualTo(candidates);
        }
    }

    @ParameterizedTest @MethodSource("all")
    void whatItCountsIsKnownBeforeTheLogProbabilities(Objective given) {
        Drawn drawn = random(opened(given), new Random(1));
        assertThat(drawn.objective().loss(drawn.unknown()).count())
                .isEqualTo(drawn.objective().loss(drawn.targets()).count()).isPositive();
    }

    @ParameterizedTest @MethodSource("all")
    void theTargetsOfARowAreThoseOfAMicroBatchOfIt(Objective given) {
        Drawn drawn = random(opened(given), new Random(4));
        for (int row = 0; row < ROWS; row++) {
            LossSum expected = drawn.objective().loss(drawn.rows(row, row + 1)),
                    found = drawn.objective().loss(drawn.targets().ofRow(row));
            assertThat(found).isEqualTo(expected);
        }
    }

    @ParameterizedTest @MethodSource("all")
    void lossCountAndMetricsAddOverMicroBatches(Objective given) {
        Objective objective = opened(given);
        Drawn drawn = random(objective, new Random(3));
        LossSum expected = drawn.objective().loss(drawn.targets());
        for (int size : new int[] {1, 2, 3}) {
            LossSum sum = LossSum.ZERO;
            for (int row = 0; row < ROWS; row += size) {
                sum = sum.plus(drawn.objective().loss(drawn.rows(row, Math.min(ROWS, row + size))));
            }
            assertThat(sum.total()).isCloseTo(expected.total(), within(1e-9 * Math.abs(expected.total())));
            assertThat(sum.count()).isEqualTo(expected.count());
            assertThat(sum.means().keySet()).containsExactlyElementsOf(expected.means().keySet());
            Map<String, Double> means = sum.means();
            expected.means().forEach((name, mean) ->
                    assertThat(means.get(name)).as(name).isCloseTo(mean, within(1e-9 * (1 + Math.abs(mean)))));
        }
    }

    @ParameterizedTest @MethodSource("all")
    void promptsAreTargetsWhereItAsksForThem(Objective given) {
        Drawn drawn = random(opened(given), new Random(4));
        Targets targets = drawn.targets();
        for (int row = 0, first = 0; row < ROWS; row++) {
            List<Example> documents = drawn.groups().get(row).documents();
            for (int n = 0; n < documents.size(); n++) {
                int document = first + n;
                int[] places = IntStream.range(0, targets.count()).filter(i -> targets.documents()[i] == document)
                        .toArray();
                if (drawn.objective().readout().isOfRows()) {
                    assertThat(places).as("one label or score a document").hasSize(1);
                    continue;
                }
                assertThat(places).hasSize(drawn.objective().wantsPrompt(n) ? documents.get(n).length() - 1
                        : documents.get(n).trainedTokens());
                assertThat(Arrays.stream(places).filter(targets::isLearned).count())
                        .isEqualTo(documents.get(n).trainedTokens());
            }
            first += documents.size();
        }
    }

    @ParameterizedTest @MethodSource("all")
    void accumulatingInAnyWayIsOneBatch(Objective given) {
        Objective objective = opened(given);
        Scope.run(() -> {
            CausalLm model = tunedModel(objective);
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
    void whatIsNotTrainedHasNoEffect(Objective given) {
        Objective objective = opened(given);
        Scope.run(() -> {
            CausalLm model = tunedModel(objective);
            Outcome one = pass(model, objective, groups(objective, 0), ROWS),
                    other = pass(model, objective, groups(objective, 5), ROWS);
            assertThat(other.loss).isEqualTo(one.loss);
            assertThat(other.gradient).isEqualTo(one.gradient);
        });
    }

    @ParameterizedTest @MethodSource("all")
    void theReferenceIsTheUntunedModelAndComesOnlyWhenItIsWanted(Objective given) {
        Objective objective = opened(given);
        Scope.run(() -> {
            CausalLm model = tunedModel(objective);
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
    void aPassLeavesNoNativeObjectBehind(Objective given) {
        Objective objective = opened(given);
        Scope.run(() -> {
            CausalLm model = tunedModel(objective);
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
    void trainingLowersIt(Objective given) {
        Objective objective = opened(given);
        Scope.run(() -> {
            CausalLm model = tunedModel(objective);
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
    private static CausalLm tunedModel(Objective objective) {
        CausalLm model = TinyModels.of("llama", objective.outputs());
        Lora lora = new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR));
        lora.attach(model, 3);
        TrainedHead.attach(model, lora);
        model.tuned().forEach((name, tensor) ->
                tensor.copyFrom(RandomStream.of(name.hashCode()).normal(0.1, tensor.shape())));
        return model;
    }

    /**
     * Rows of uneven lengths, the last token of each document untrained. @param other moves that token's id; where it
     * is read for a label or a score, unsets the flags instead, which then mean nothing
     */
    private static List<ExampleGroup> groups(Objective objective, int other) {
        return IntStream.range(0, ROWS).mapToObj(row -> group(objective, row, other)).toList();
    }

    private static ExampleGroup group(Objective objective, int row, int other) {
        ExampleGroup group = new ExampleGroup(IntStream.range(0, documents(objective)).mapToObj(document -> {
            Example example = TinyModels.example(5 + (row * 5 + document * 3) % 14, 1 + (row + document) % 3);
            if (objective.readout().isOfRows()) {
                return other == 0 ? example : Example.whole(example.ids());
            }
            int[] ids = example.ids().clone();
            ids[ids.length - 1] = (ids[ids.length - 1] + other) % TinyModels.VOCABULARY;
            return new Example(ids, example.trained());
        }).toList(), values(objective, row));
        float[] earlier = new float[group.documents().stream().mapToInt(Example::trainedTokens).sum()];
        Arrays.fill(earlier, (float) -Math.log(TinyModels.VOCABULARY));
        return objective.makesAnswers() ? made(List.of(group), earlier).get(0) : group;
    }

    /** @param gradient of all parameters, one after the other */
    private record Outcome(LossSum loss, float[] gradient) {}

    private static Outcome pass(CausalLm model, Objective objective, List<ExampleGroup> groups, int size) {
        var walk = new BlockWalk(model);
        LossSum sum = LossSum.ZERO;
        Objective.Step step = walk.prepared(split(groups, size), objective, 0);
        for (List<ExampleGroup> rows : step.microBatches()) {
            sum = sum.plus(walk.forwardBackward(Batch.ofGroups(rows), step.objective(), 1));
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

        @Override public Readout readout() { return seeing.readout(); }

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

        @Override public boolean wantsPrompt(int document) { return seeing.wantsPrompt(document); }

        @Override public Optional<Teacher> taughtBy() { return seeing.taughtBy(); }

        @Override public float[] candidateGradient(Targets targets) { return seeing.candidateGradient(targets); }
    }
}
