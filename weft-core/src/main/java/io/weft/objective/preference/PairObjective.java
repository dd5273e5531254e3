package io.weft.objective.preference;

import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.StepContext;
import io.weft.objective.Targets;
import io.weft.settings.Section;
import java.util.List;
import java.util.Set;

/**
 * What learns from two answers to one prompt: the cost of a pair is a function of how likely its answers are, and some
 * learn the chosen answer's tokens beside it. The loss is the mean over pairs of the first and {@link
 * #likelihoodWeight} times the mean over tokens of the second. Metrics are named as TRL names them.
 */
interface PairObjective extends Objective {
    /**
     * LLaMA-Factory's examples tune by LoRA at 1e-4 for answers and at 5e-6 for preferences; TRL's defaults are 2e-5
     * and 1e-6.
     */
    double LEARNING_RATE_FACTOR = 0.05;

    /**
     * An answer of a pair.
     *
     * @param logProbability of all its tokens together  @param reference the same without what was tuned; 0 where an
     *     objective compares with nothing
     * @param length how many these are
     */
    record Answer(double logProbability, double reference, int length) {
        /** Of one token on average. */
        double mean() { return logProbability / length; }

        /** How much likelier it became: log of the ratio. */
        double gain() { return logProbability - reference; }
    }

    /** A loss, and its derivatives by something of each answer. */
    record Cost(double loss, double byChosen, double byRejected) {}

    /** What a pair costs, with the derivatives by the log-probability of each answer as a whole. */
    Cost cost(Answer chosen, Answer rejected);

    /** What "rewards/chosen" and its like are the means of. */
    double reward(Answer answer);

    /** What "logps/chosen" and its like are the means of. */
    default double told(Answer answer) { return answer.logProbability(); }

    /** What else is told of a pair, by name; sums over one pair. */
    default LossSum alsoTold(LossSum sum, Answer chosen, Answer rejected) { return sum; }

    /** How much the likelihood of a token of the chosen answer weighs beside a pair's cost. */
    default double likelihoodWeight() { return 0; }

    @Override default Set<Class<? extends Sample>> eats() { return Set.of(Preference.class); }

    @Override default double learningRateFactor() { return LEARNING_RATE_FACTOR; }

    /** Pairs are counted and tokens are not: how many pairs there are for a token is that of the step as a whole. */
    @Override default Step prepare(Step step, StepContext context) {
        if (likelihoodWeight() == 0) {
            return step;
        }
        long pairs = 0, tokens = 0;
        for (List<ExampleGroup> groups : step.microBatches()) {
            for (ExampleGroup group : groups) {
                Example chosen = group.documents().get(0);
                pairs++;
                tokens += chosen.trainedTokens() + (wantsPrompt(0) ? chosen.promptLength() - 1 : 0);
            }
        }
        return new Step(step.microBatches(), new OfStep(this, (double) pairs / tokens));
    }

    /** Of a batch that is a whole step. */
    @Override default LossSum loss(Targets targets) { return loss(targets, pairsPerToken(targets)); }

    /** Of a batch that is a whole step. */
    @Override default float[] gradient(Targets targets) { return gradient(targets, pairsPerToken(targets)); }

    private double pairsPerToken(Targets targets) {
        int[] lengths = lengths(targets);
        int tokens = 0;
        for (int n = 0; n < lengths.length; n += 2) {
            tokens += lengths[n];
        }
        return (double) targets.pairs() / tokens;
    }

    /** [D] All targets of each document, those of a prompt, too. */
    private static int[] lengths(Targets targets) {
        int[] lengths = new int[targets.rows().length];
        for (int document : targets.documents()) {
            lengths[document]++;
        }
        return lengths;
    }

    private static Answer[] answers(Targets targets) {
        double[] known = targets.byDocument(), reference = targets.referenceByDocument();
        int[] lengths = targets.lengths();
        Answer[] answers = new Answer[known.length];
        for (int n = 0; n < answers.length; n++) {
            answers[n] = new Answer(known[n], reference[n], lengths[n]);
        }
        return answers;
    }

    /** @param pairsPerToken pairs for a token of which the likelihood is learned */
    private LossSum loss(Targets targets, double pairsPerToken) {
        int pairs = targets.pairs();
        Answer[] answers = answers(targets);
        double cost = 0, chosen = 0, rejected = 0, right = 0, chosenTold = 0, rejectedTold = 0;
        LossSum more = LossSum.ZERO;
        for (int n = 0; n < pairs; n++) {
            Answer better = answers[2 * n], worse = answers[2 * n + 1];
            cost += cost(better, worse).loss();
            chosen += reward(better);
            rejected += reward(worse);
            right += reward(better) > reward(worse) ? 1 : 0;
            chosenTold += told(better);
            rejectedTold += told(worse);
            more = alsoTold(more, better, worse);
        }
        double likelihood = 0;
        int tokens = 0;
        for (int i = 0; i < targets.count(); i++) {
            boolean ofChosen = targets.documents()[i] % 2 == 0;
            likelihood -= ofChosen ? targets.logProbabilities()[i] : 0;
            tokens += ofChosen ? 1 : 0;
        }
        double total = likelihoodWeight() == 0 ? cost : cost + likelihoodWeight() * pairsPerToken * likelihood;
        LossSum sum = new LossSum(total, pairs).with("rewards/chosen", chosen, pairs)
                .with("rewards/rejected", rejected, pairs).with("rewards/accuracies", right, pairs)
                .with("rewards/margins", chosen - rejected, pairs).with("logps/chosen", chosenTold, pairs)
                .with("logps/rejected", rejectedTold, pairs);
        return (likelihoodWeight() == 0 ? sum : sum.with("nll_loss", likelihood, tokens)).plus(more);
    }

    private float[] gradient(Targets targets, double pairsPerToken) {
        Answer[] answers = answers(targets);
        double[] slopes = new double[answers.length];
        for (int n = 0; n < targets.pairs(); n++) {
            Cost cost = cost(answers[2 * n], answers[2 * n + 1]);
            slopes[2 * n] = cost.byChosen();
            slopes[2 * n + 1] = cost.byRejected();
        }
        float[] gradient = targets.ofDocuments(slopes);
        float likelihood = (float) (likelihoodWeight() * pairsPerToken);
        for (int i = 0; likelihood != 0 && i < gradient.length; i++) {
            gradient[i] -= targets.documents()[i] % 2 == 0 ? likelihood : 0;
        }
        return gradient;
    }

    /** An objective over the rows of one step. @param pairsPerToken of that step */
    record OfStep(PairObjective objective, double pairsPerToken) implements Objective {
        @Override public Section<? extends Objective> section() { return objective.section(); }

        @Override public Set<Class<? extends Sample>> eats() { return objective.eats(); }

        @Override public boolean wantsReference() { return objective.wantsReference(); }

        @Override public boolean wantsPrompt(int document) { return objective.wantsPrompt(document); }

        @Override public LossSum loss(Targets targets) { return objective.loss(targets, pairsPerToken); }

        @Override public float[] gradient(Targets targets) { return objective.gradient(targets, pairsPerToken); }
    }
}
