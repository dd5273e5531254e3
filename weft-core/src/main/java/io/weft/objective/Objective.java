package io.weft.objective;

import io.weft.data.ExampleGroup;
import io.weft.data.Sample;
import io.weft.nn.CausalLm;
import io.weft.nn.Readout;
import io.weft.settings.Configurable;
import io.weft.settings.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What is minimised, as a function of the log-probabilities of a batch's targets, or of scores; it never sees logits.
 * Returns a sum and a count, so accumulation is exact without its help, as long as rows do not depend on each other.
 */
public interface Objective extends Configurable {
    /** Its settings; what a recipe names it by, e.g. "sft", is the section's name. */
    @Override Section<? extends Objective> section();

    /** The kinds of sample that it learns from. */
    Set<Class<? extends Sample>> eats();

    /** What the model must say: which token follows, or a label or a score of each document. */
    default Readout readout() { return Readout.TOKENS; }

    /** The names of the outputs of a head for rows, a single one for a score; empty where the model says tokens. */
    default List<String> outputs() { return List.of(); }

    /**
     * The same with what it leaves open decided by the rows.
     *
     * @param rows training rows, and held-out ones that were drawn from the same file
     * @param own  labels that the base's own head tells apart; empty where it has none
     * @throws io.weft.problem.UserError when nothing can be learned from them
     */
    default Objective over(List<? extends List<? extends Sample>> rows, List<String> own) { return this; }

    /**
     * The rows of one optimizer step, or those of one evaluation, and what is to be minimised over them.
     *
     * @param microBatches the groups of each
     */
    record Step(List<List<ExampleGroup>> microBatches, Objective objective) {
        public Step { microBatches = List.copyOf(microBatches); }
    }

    /**
     * Called once a step, before any gradient, and once an evaluation: an objective whose loss depends on all rows of a
     * step together measures it here and goes on with a number that is held fixed, so that accumulation stays exact;
     * one that makes its own rows makes them here. Must be a pure function of step and context.
     */
    default Step prepare(Step step, StepContext context) { return step; }

    /**
     * The loss of a batch, with what was measured on the way. What is counted (targets, rows) may depend on documents
     * and rows only, never on log-probabilities.
     */
    LossSum loss(Targets targets);

    /** What is told of a sum, by name: the means of its metrics, where the objective makes nothing more of them. */
    default Map<String, Double> metrics(LossSum sum) { return sum.means(); }

    /** The derivative of the loss sum by each log-probability: one number a target, the reference held fixed. */
    float[] gradient(Targets targets);

    /**
     * Whether {@link #gradient} depends on the log-probabilities. The head then runs twice, forward and then forward
     * and backward; where it does not, once, and {@link #gradient} is asked while they are unknown.
     */
    default boolean dependsOnLogProbabilities() { return true; }

    /**
     * Whether {@link Targets#reference} is asked for: what the model gives the same targets without what was tuned, at
     * the price of one more forward pass.
     */
    default boolean wantsReference() { return false; }

    /**
     * Whether the tokens of what is asked are targets as well, which {@link Targets#ofPrompt} tells from those that are
     * learned as an answer.
     *
     * @param document of a row, counted from 0
     */
    default boolean wantsPrompt(int document) { return false; }

    /** Whether its loss is that of each target's likelihood, so that e to its mean is a perplexity. */
    default boolean isLikelihood() { return false; }

    /** The loss of whoever finds all choices alike; empty where it is not the loss of one choice among several. */
    default OptionalDouble guess(CausalLm model) {
        return isLikelihood() ? OptionalDouble.of(Math.log(model.head().outputs())) : OptionalDouble.empty();
    }

    /**
     * What a tuning method's usual peak learning rate is multiplied with, where a recipe gives none: one that moves a
     * model away from what it says already takes smaller steps.
     */
    default double learningRateFactor() { return 1; }

    /** Whether it trains every weight of the model, which may begin as random numbers, and nothing less makes sense. */
    default boolean trainsEveryWeight() { return false; }

    /**
     * The model that it learns from beside the rows. At each target its likeliest tokens are asked for, too: {@link
     * Targets#candidates}.
     */
    default Optional<Teacher> taughtBy() { return Optional.empty(); }

    /** [N * (K + 1)] The derivative of the loss sum by {@link Candidates#learned}, where there is a teacher. */
    default float[] candidateGradient(Targets targets) { return new float[0]; }

    /** Folders of models that it learns from, by the setting that names each. */
    default Map<String, Path> models() { return Map.of(); }

    /** With the models that it names found, e.g. in the hub's cache. @param found the folder that a name stands for */
    default Objective locating(UnaryOperator<String> found) { return this; }

    /**
     * Whether the model's own answers are learned from: rows then say what to ask, as {@link
     * io.weft.token.encode.ConversationEncoder#asking} encodes them, and {@link #prepare} puts documents in their
     * place.
     */
    default boolean makesAnswers() { return false; }

    /**
     * Tokens of the largest micro-batch that is trained on.
     *
     * @param rows of it  @param tokens of these
     */
    default long tokens(int rows, long tokens) { return tokens; }

    /**
     * This objective with what a run lends it; itself where it needs nothing of a run. One that needs another model
     * opens it here, once, mapped and frozen, in the current scope and on the current device.
     *
     * @throws io.weft.problem.UserError when the two do not fit
     */
    default Objective within(Surroundings surroundings) { return this; }

    /**
     * Called before any weight is read, within the surroundings of a run.
     *
     * @throws io.weft.problem.UserError when nothing can be learned from these rows
     */
    default void requireFit(List<ExampleGroup> rows) {}

    /** What is wrong with its settings, taken together or with a file that they name; fit to print. */
    default List<String> problems() { return List.of(); }
}
