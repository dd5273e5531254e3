package io.weft.train;

import io.weft.run.Cadence;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The {@code train:} part of a recipe; the defaults are the tutorial's.
 *
 * @param objective    "sft" (learn the completions) or "pretrain" (learn every token of plain text)
 * @param epochs       passes over the training rows
 * @param steps        optimizer steps, instead of the epochs' when given
 * @param batch        rows (packs when packing) in a micro-batch
 * @param accumulate   micro-batches in an optimizer step
 * @param learningRate peak; default 2e-4 for adapters, 2e-5 for full tuning
 * @param warmupSteps  default 100, but never more than a tenth of the steps; a given value is exact
 * @param schedule     "linear", "cosine" or "constant", after the warm-up
 * @param weightDecay  on everything but biases and norms, as Hugging Face groups them
 * @param clipNorm     largest gradient norm; 0 for no clipping
 * @param logEvery     optimizer steps between logged steps
 * @param evalEvery    steps between evaluations  @param saveEvery steps between checkpoints
 * @param keepCheckpoints how many of the newest stay; the best one always does
 * @param patience     evaluations without a better one before stopping early; 0 for never
 * @param average      "tokens": every trained token of the step weighs the same; "microBatches": plain mean of the
 *     micro-batches' means, for parity with older trainers
 * @param precision    "auto", "fp32", "bf16" or "fp16"
 * @param frozenWeights "auto", "mapped" or "resident": where weights that are not trained are held, see {@code
 *     model.Holding}
 * @param recompute    "auto", "always" or "never": whether activations are computed once more in the backward pass, see
 *     {@code objective.Recompute}
 */
public record TrainSettings(String objective, double epochs, OptionalInt steps, int batch, int accumulate,
        OptionalDouble learningRate, OptionalInt warmupSteps, String schedule,
        double weightDecay, double clipNorm, int logEvery, int evalEvery, int saveEvery, int keepCheckpoints,
        int patience, String average, String precision, String frozenWeights,
        String recompute, long seed) {
    public static final TrainSettings DEFAULTS = new TrainSettings("sft", 3, OptionalInt.empty(), 4, 4,
            OptionalDouble.empty(), OptionalInt.empty(), "linear",
            0.01, 1.0, 10, 50, 100, 3, 0, "tokens", "auto", "auto", "auto", 42);

    /** How often the run tells, judges and saves. */
    public Cadence cadence() { return new Cadence(logEvery, evalEvery, saveEvery); }
}
