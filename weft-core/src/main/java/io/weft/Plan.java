package io.weft;

import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.Recompute;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.tensor.Device;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.train.Batching;
import io.weft.train.ComputeSettings;
import io.weft.train.Precision;
import io.weft.train.ProductRates;
import io.weft.train.TrainSettings;
import io.weft.train.TrainingPlan;
import io.weft.train.Warmup;
import java.util.Optional;

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
 * @param rates     of products on this CPU, where they decided about the precision
 */
record Plan(Recipe recipe, TrainingPlan steps, WeightPlacement placement, Device device,
        Optional<ProductRates> rates) {
    /**
     * @param asked  the recipe as it was given; where it decides something, that stands
     * @param steps  of its rows
     * @param tokens of the largest micro-batch
     * @throws UserError when what the recipe asks for cannot fit this machine
     */
    static Plan of(Recipe asked, ModelFolder base, TrainingPlan steps, long tokens) {
        return Scope.value(() -> {
            CausalLm outline = base.outline();
            asked.tuning().requireFit(outline);
            return of(asked, base, outline, steps, tokens);
        });
    }

    private static Plan of(Recipe asked, ModelFolder base, CausalLm outline, TrainingPlan steps, long tokens) {
        TrainSettings train = asked.train();
        ComputeSettings compute = train.compute();
        Device device = Device.parse(compute.device());
        WeightPlacement placement = asked.tuning().isAdapter() && base.hasWeights()
                ? compute.frozenWeights().of(base) : WeightPlacement.RESIDENT;   // trained weights change
        int threads = compute.threads().orElseGet(Engine::threads);
        // Weights that are trained stay in fp32 and would be converted anew in every pass.
        Optional<ProductRates> rates = compute.precision() == Precision.AUTO && device.isCpu()
                && asked.tuning().isAdapter() && ProductRates.matterFor(outline)
                ? Optional.of(ProductRates.of(outline, tokens))
                : Optional.empty();
        Precision precision = compute.precision() != Precision.AUTO ? compute.precision()
                : rates.filter(ProductRates::favourBf16).map(rate -> Precision.BF16).orElse(Precision.FP32);
        boolean upcast = base.isNarrow()
                || placement == WeightPlacement.MAPPED && base.storedType() != precision.products();
        Recompute recompute = compute.recompute().resolved(upcast, outline, tokens);
        if (upcast && recompute == Recompute.NEVER && base.wideBytes() > Engine.memory()) {
            // A graph keeps the wide copies of all mapped weights when nothing is computed again.
            throw UserError.of(say("train.recompute: never keeps every mapped weight as fp32 from the forward to the "
                    + "backward pass, %,d MB, more than this machine's %,d MB; set train.recompute: auto",
                    base.wideBytes() >> 20, Engine.memory() >> 20));
        }
        double peak = train.optimizer().learningRate().orElseGet(() -> asked.tuning().learningRate()
                * train.objective().learningRateFactor());
        int warmup = Warmup.of(train.optimizer().warmupSteps(), steps.steps()).steps();
        TrainSettings decided = train.withOptimizer(train.optimizer().resolved(peak, warmup))
                .withCompute(compute.resolved(device, precision, placement, recompute, threads));
        return new Plan(asked.withTrain(decided), steps, placement, device, rates);
    }

    /** The largest micro-batch of these settings. @param longest tokens of the longest rows, so many of them */
    static long tokens(Recipe recipe, TokenizedRows rows) {
        Batching batching = recipe.train().batching();
        return recipe.train().objective().tokens(batching.batch(), recipe.data().pack()
                ? (long) batching.batch() * recipe.data().maxLength() : rows.longest(batching.batch()));
    }

    /** Learning rate after the warm-up. */
    double peak() { return recipe.train().optimizer().learningRate().orElseThrow(); }
}
