package io.weft;

import io.weft.answering.OpenedModels;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.VisitOrder;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.estimate.Fitting;
import io.weft.estimate.MemoryModel;
import io.weft.estimate.Rehearsal;
import io.weft.estimate.TimeEstimate;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ObjectiveHead;
import io.weft.model.WeightLoading;
import io.weft.model.folder.ModelFolder;
import io.weft.objective.Objective;
import io.weft.recipe.Recipe;
import io.weft.tensor.Device;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.token.encode.EncodeReport;
import io.weft.token.encode.PromptFormat;
import io.weft.train.ComputeSettings;
import io.weft.train.TrainSettings;
import io.weft.train.TrainingPlan;
import io.weft.tune.TrainableCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a recipe will take of this machine, from the model's config.json and the recipe's rows; no weight is read. The
 * rows are prepared as a run prepares them, in a folder that is removed; the time is that of a rehearsal, see {@link
 * Rehearsal}.
 *
 * @param recipe    with nothing left to decide, as a run of it would be planned here and now
 * @param trainable parameters
 * @param fitting   memory, and how passes are made to fit
 * @param largest   tokens of the largest pass  @param tokens of a mean step  @param rows to train on (packs when
 *     packing)
 * @param time      nothing where a model's own answers are learned from: nobody knows how long they will be
 */
public record Estimate(Recipe recipe, TrainableCount trainable, Fitting fitting, long largest, double tokens, int rows,
        Optional<TimeEstimate> time) {
    /** Rows that stand for all in the rehearsal. */
    private static final int REHEARSED = 64;

    /** @throws io.weft.problem.UserError when recipe, rows and model do not go together, or the run cannot fit */
    static Estimate of(Recipe recipe) {
        Path work = temporary();
        try {
            ModelFolder named = ModelSource.toTune(recipe);
            DataSettings within = recipe.data().within(recipe.tuning().room(named.config().contextLength()));
            Recipe given = recipe.withData(recipe.train().objective().makesAnswers() ? within.withPack(false)
                    : within);
            PreparedData data = Preparation.prepare(given.data(), given.train().seed(), work.resolve("run"),
                    given.train().objective().eats()::contains, OpenedModels.here());
            RunData.requireFit(given, data);
            Recipe decided = ObjectiveHead.decided(given.withData(data.manifest().settings()
                    .within(recipe.tuning().room(named.config().contextLength())).withPack(given.data().pack())
                    .withEncoding(given.data().encoding().decided())), named, data);
            return Scope.value(() -> of(decided, named, data));
        } finally {
            remove(work);
        }
    }

    private static Estimate of(Recipe recipe, ModelFolder named, PreparedData data) {
        PromptFormat wording = LoadedModel.promptFormat(named, data.promptStyle(), recipe.data())
                .labelled(recipe.train().objective().outputs());
        try (var tokenizer = wording.tokenizer()) {
            ModelFolder base = ObjectiveHead.on(named, recipe, tokenizer.pad());
            try (RunTokens tokens = RunTokens.of(data, base, wording, recipe)) {
                Rows rows = tokens.train().rows(recipe.data().pack(), recipe.data().maxLength());
                TrainingPlan steps = TrainingPlan.of(rows.count(), recipe.train().batching(),
                        VisitOrder.remembering(rows.count(), recipe.train().seed()));
                Plan plan = Plan.of(recipe, base, steps, Plan.load(recipe, tokens.train(), steps), true);
                return of(plan, base, tokens, rows);
            }
        }
    }

    private static Estimate of(Plan plan, ModelFolder base, RunTokens tokens, Rows rows) {
        Recipe recipe = plan.recipe();
        TrainSettings train = recipe.train();
        ComputeSettings compute = train.compute();
        Objective objective = train.objective();
        WeightLoading loading = compute.precision().loading(plan.placement(), plan.device(),
                !recipe.tuning().isAdapter());
        MemoryModel memory = MemoryModel.of(base, recipe.tuning(), loading);
        EncodeReport learned = tokens.train().report(), heldOut = tokens.heldOut().report();
        double steps = plan.steps().stepsPerEpoch();
        Optional<TimeEstimate> time = Optional.empty();
        if (!objective.makesAnswers()) {
            int evaluations = tokens.heldOut().groups().isEmpty() ? 0
                    : (plan.steps().steps() + train.cadence().evalEvery() - 1) / train.cadence().evalEvery();
            var work = new TimeEstimate.Work(learned.tokens() / steps, learned.trainedTokens() / steps,
                    Math.min(train.batching().accumulate(), rows.count()),
                    heldOut.tokens(), heldOut.trainedTokens(), plan.steps().steps(), evaluations);
            var way = new Rehearsal.Way(recipe.tuning(), loading, compute.recompute(), objective);
            int threads = Engine.threads();
            Engine.useThreads(compute.threads().orElse(threads));
            try {
                time = Optional.of(Device.value(plan.device(), () ->
                        TimeEstimate.of(base, way, memory, work, usual(plan.steps(), rows))));
            } finally {
                Engine.useThreads(threads);
            }
        }
        return new Estimate(recipe, memory.trainable(), plan.fitting(), Plan.load(recipe, tokens.train(),
                plan.steps()).atOnce(plan.fitting().atOnce()).micro(), learned.tokens() / steps, rows.count(), time);
    }

    /** Rows of the middle micro-batch by tokens among the first ones. */
    private static List<ExampleGroup> usual(TrainingPlan plan, Rows rows) {
        List<List<ExampleGroup>> some = plan.microBatches(0).stream().limit(REHEARSED)
                .map(numbers -> Arrays.stream(numbers).boxed().flatMap(row -> rows.get(row).stream()).toList())
                .sorted(Comparator.comparingInt(groups -> groups.stream().mapToInt(ExampleGroup::length)
                .sum())).toList();
        return some.get(some.size() / 2);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("weft-estimate");
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    private static void remove(Path folder) {
        try {
            Folders.empty(folder);
            Folders.delete(folder);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }
}
