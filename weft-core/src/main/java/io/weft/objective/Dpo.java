package io.weft.objective;

import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290): raises the chosen answer's likelihood over
 * the rejected one's, measured against the model before tuning. The loss of a pair is -log sigmoid(reward of the chosen
 * - reward of the rejected), where a reward is beta times how much likelier an answer became.
 *
 * @param beta how dear it is to leave the reference, above 0; small values let the model go further
 */
public record Dpo(double beta) implements Objective {
    private static final Section<Dpo> SECTION = Section.of("dpo", new Dpo(0.1),
            text("learn which of two answers is better, against the model before tuning"),
            Setting.of("beta", new Number(0, true, 100, false),
                    text("how dear it is to leave the model before tuning; smaller lets it go further")));

    public Dpo() { this(SECTION.defaults().beta); }

    @Override public Section<Dpo> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Preference.class); }

    @Override public boolean wantsReference() { return true; }

    @Override public LossSum loss(Targets targets) {
        int pairs = targets.pairs();
        double[] rewards = rewards(targets), likelihoods = targets.byDocument();
        double loss = 0, chosen = 0, rejected = 0, right = 0, chosenLikelihood = 0, rejectedLikelihood = 0;
        for (int n = 0; n < pairs; n++) {
            double margin = rewards[2 * n] - rewards[2 * n + 1];
            loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));   // -log sigmoid, without overflow
            chosen += rewards[2 * n];
            rejected += rewards[2 * n + 1];
            right += margin > 0 ? 1 : 0;
            chosenLikelihood += likelihoods[2 * n];
            rejectedLikelihood += likelihoods[2 * n + 1];
        }
        return new LossSum(loss, pairs).with("rewards/chosen", chosen, pairs).with("rewards/rejected", rejected, pairs)
                .with("rewards/accuracies", right, pairs).with("rewards/margins", chosen - rejected, pairs)
                .with("logps/chosen", chosenLikelihood, pairs).with("logps/rejected", rejectedLikelihood, pairs);
    }

    @Override public float[] gradient(Targets targets) {
        double[] rewards = rewards(targets), slopes = new double[rewards.length];
        for (int n = 0; n < targets.pairs(); n++) {
            double slope = -beta / (1 + Math.exp(rewards[2 * n] - rewards[2 * n + 1]));
            slopes[2 * n] = slope;
            slopes[2 * n + 1] = -slope;
        }
        return targets.ofDocuments(slopes);
    }

    private double[] rewards(Targets targets) {
        double[] rewards = targets.byDocument(), reference = targets.referenceByDocument();
        for (int n = 0; n < rewards.length; n++) {
            rewards[n] = beta * (rewards[n] - reference[n]);
        }
        return rewards;
    }
}
