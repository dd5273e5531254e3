package io.weft.objective;

/**
 * What is minimised, as a function of the log-probabilities of a batch's targets; it never sees logits. Returns a sum
 * and a count, so accumulation is exact without its help.
 */
public interface Objective {
    /** The short name in a recipe, e.g. "sft". */
    String name();

    /** @param logProbabilities of each target, in the order of the batch */
    LossSum loss(float[] logProbabilities);

    /**
     * The derivative of the loss sum by each log-probability, for objectives in which it does not depend on them: the
     * head then runs once, forward and backward together.
     * @param targets number of targets  @return one number a target
     */
    float[] gradient(int targets);
}
