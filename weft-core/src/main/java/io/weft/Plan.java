package io.weft;

import io.weft.data.ExampleStore;
import io.weft.data.VisitOrder;
import io.weft.data.prepare.PreparedData;
import io.weft.estimate.Fitting;
import io.weft.estimate.MemoryEstimate;
import io.weft.estimate.MemoryModel;
import io.weft.estimate.Remedies;
import io.weft.estimate.TokenLoad;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.Objective;
import io.weft.objective.Recompute;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunFolder;
import io.weft.tensor.Device;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.token.encode.EncodeReport;
import io.weft.train.Average;
import io.weft.train.ComputeSettings;
import io.weft.train.Precision;
import io.weft.train.ProductRates;
import io.weft.train.TrainSettings;
import io.weft.train.TrainingPlan;
import io.weft.train.Warmup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * A recipe after everything that it left open was decided: learning rate, warm-up, how weights are held, what is
 * computed twice, how many threads compute. It is written into the run's recipe.yaml, so a resume decides nothing anew
 * and computes the same bits in a larger or smaller machine.
 *
 * @param recipe    with nothing left to decide
 * @param steps     which rows each optimizer step sees
 * @param placement of the weights that are not trained
 * @param device    that computes
 * @param fitting   what memory it takes, and how passes are made to fit
 * @param rates     of products on this CPU, where they decided about the precision
 */
record Plan(Recipe recipe, TrainingPlan steps, WeightPlacement placement, Device device, Fitting fitting,
        Optional<ProductRates> rates) {
    private static final int LOOKED = 10_000_000;

    /**
     * @param asked the recipe as it was given; where it decides something, that stands
     * @param steps of its rows
     * @param load  what goes through the model
     * @param fresh whether nothing of the run was done yet: what goes on is not refused for want of memory
     * @throws UserError when what the recipe asks for cannot fit this machine, with settings that would
     */
    static Plan of(Recipe asked, ModelFolder base, TrainingPlan steps, TokenLoad load, boolean fresh) {
        return Scope.value(() -> {
            CausalLm outline = base.outline();
            asked.tuning().requireFit(outline);
            return of(asked, base, outline, steps, load, fresh);
        });
    }

    private static Plan of(Recipe asked, ModelFolder base, CausalLm outline, TrainingPlan steps, TokenLoad load,
            boolean fresh) {
        TrainSettings train = asked.train();
        ComputeSettings compute = train.compute();
        Device device = Device.parse(compute.device());
        WeightPlacement placement = asked.tuning().isAdapter() && base.hasWeights()
                ? compute.frozenWeights().of(base) : WeightPlacement.RESIDENT;   // trained weights change
        int threads = compute.threads().orElseGet(Engine::threads);
        // Weights that are trained stay in fp32 and would be converted anew in every pass.
        Optional<ProductRates> rates = compute.precision() == Precision.AUTO && device.isCpu()
                && asked.tuning().isAdapter() && ProductRates.matterFor(outline)
                ? Optional.of(ProductRates.of(outline, load.micro()))
                : Optional.empty();
        Precision precision = compute.precision() != Precision.AUTO ? compute.precision()
                : rates.filter(ProductRates::favourBf16).map(rate -> Precision.BF16).orElse(Precision.FP32);
        boolean upcast = base.isNarrow()
                || placement == WeightPlacement.MAPPED && base.storedType() != precision.products();
        boolean divides = train.average() == Average.TOKENS;
        var wish = new Fitting.Wish(compute.recompute(), upcast, train.batching().accumulate() > 1, divides,
                compute.tokensAtOnce());
        long available = device.isCpu() ? Engine.availableMemory() : Long.MAX_VALUE;
        WeightLoading loading = precision.loading(placement, device, !asked.tuning().isAdapter());
        Fitting fitting = Fitting.of(MemoryModel.of(base, asked.tuning(), loading), load, wish, available);
        if (upcast && fitting.recompute() == Recompute.NEVER && base.wideBytes() > Engine.memory()) {
            // A graph keeps the wide copies of all mapped weights when nothing is computed again.
            throw UserError.of(say("train.recompute: never keeps every mapped weight as fp32 from the forward to the "
                    + "backward pass, %,d MB, more than this machine's %,d MB; set train.recompute: auto",
                    base.wideBytes() >> 20, Engine.memory() >> 20));
        }
        if (fresh && fitting.exceeds()) {
            throw tooLarge(fitting, new Remedies(base, asked.tuning(), loading, load, wish,
                    asked.data().maxLength(), available));
        }
        double peak = train.optimizer().learningRate().orElseGet(() -> asked.tuning().learningRate()
                * train.objective().learningRateFactor());
        int warmup = Warmup.of(train.optimizer().warmupSteps(), steps.steps()).steps();
        TrainSettings decided = train.withOptimizer(train.optimizer().resolved(peak, warmup))
                .withCompute(compute.resolved(device, precision, placement, fitting.recompute(), fitting.atOnce(),
                threads));
        return new Plan(asked.withTrain(decided), steps, placement, device, fitting, rates);
    }

    private static UserError tooLarge(Fitting fitting, Remedies remedies) {
        MemoryEstimate memory = fitting.memory();
        List<String> fits = remedies.fitting();
        List<String> problems = new ArrayList<>(List.of(say("weights %,d MB, trained beside them %,d, optimizer and "
                + "gradients %,d, activations and head %,d, Java and libtorch %,d", memory.weights() >> 20,
                memory.adapter() >> 20, memory.optimizer() + memory.gradients() >> 20,
                memory.activations() + memory.head() >> 20, memory.process() >> 20)));
        problems.add(fits.isEmpty() ? say("no single setting makes it fit: choose a smaller model or a larger machine")
                : say("would fit: %s", String.join(say("; or "), fits)));
        return UserError.of(say("this run takes about %,d MB at its least, and %,d MB are available; no weight was "
                + "read", memory.total() >> 20, fitting.available() >> 20), problems);
    }

    /** What these settings put through a model. @param steps of its rows */
    static TokenLoad load(Recipe recipe, TokenizedRows rows, TrainingPlan steps) {
        int batch = recipe.train().batching().batch();
        EncodeReport report = rows.report();
        Objective objective = recipe.train().objective();
        long longest = rows.longest(1), micro = recipe.data().pack()
                ? Math.min(batch * Math.max(recipe.data().maxLength(), longest), report.tokens())
                : tokens(largest(rows.lengths(), steps), rows.lengths());
        micro = objective.tokens(batch, micro);
        return new TokenLoad(micro, Math.min(micro, objective.tokens(1, longest)),
                (double) report.trainedTokens() / Math.max(1, report.tokens()));
    }

    /** The rows of the largest micro-batch that the run will see; where rows are packed, of the fullest packs. */
    int[] largest(TokenizedRows rows) {
        return recipe.data().pack() ? IntStream.range(0, Math.min(steps.batch(), steps.rows())).toArray()
                : largest(rows.lengths(), steps);
    }

    /** @param lengths of the rows in tokens */
    private static int[] largest(int[] lengths, TrainingPlan steps) {
        int[] largest = {};
        // an epoch at a time, and so many epochs that a large file takes no longer than a look at it
        int looked = Math.min(steps.steps(), Math.max(1, LOOKED / Math.max(1, lengths.length)) * steps.stepsPerEpoch());
        for (int step = 0; step < looked; step++) {
            for (int[] rows : steps.microBatches(step)) {
                largest = tokens(rows, lengths) > tokens(largest, lengths) ? rows : largest;
            }
        }
        return largest;
    }

    private static long tokens(int[] rows, int[] lengths) {
        return Arrays.stream(rows).mapToLong(row -> lengths[row]).sum();
    }

    /** See {@link TrainingRun#changeForLessMemory}. */
    static Optional<String> smaller(Recipe recipe, RunFolder run) {
        Path ids = run.data().resolve(PreparedData.TRAIN + TokenizedRows.SUFFIX);
        ComputeSettings compute = recipe.train().compute();
        if (!Files.exists(ids) || recipe.train().average() != Average.TOKENS) {
            return Optional.empty();
        }
        int[] lengths;
        try (ExampleStore store = ExampleStore.open(ids)) {
            lengths = store.lengths();
        }
        long longest = Arrays.stream(lengths).max().orElse(0), batch = recipe.train().batching().batch();
        long whole = recipe.data().pack() ? batch * Math.max(recipe.data().maxLength(), longest)
                : tokens(largest(lengths, TrainingPlan.of(lengths.length, recipe.train().batching(),
                VisitOrder.remembering(lengths.length, recipe.train().seed()))), lengths);
        long now = compute.tokensAtOnce().orElse(0) == 0 ? whole : Math.min(whole, compute.tokensAtOnce().getAsInt());
        return now > longest ? Optional.of("train.tokensAtOnce=" + Math.max(longest, now / 2))
                : compute.recompute() == Recompute.NEVER ? Optional.of("train.recompute=always") : Optional.empty();
    }

    /** Learning rate after the warm-up. */
    double peak() { return recipe.train().optimizer().learningRate().orElseThrow(); }
}
