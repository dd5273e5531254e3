package org.example.weft;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Targets;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/**
 * Focal loss, -(1 - p)^gamma log p (Lin et al. 2017, arXiv:1708.02002): tokens that the model knows already weigh
 * little.
 *
 * @param gamma how little; with 0 it is the likelihood
 */
public record Focal(double gamma) implements Objective {
    private static final Section<Focal> SECTION = Section.of("focal", new Focal(2),
            text("learn most from the tokens that are not known yet"),
            Setting.of("gamma", new Number(0, false, 10, false), text("how little known tokens weigh")));

    /** With its defaults: what Weft asks for name and settings. */
    public Focal() { this(2); }

    @Override public Section<Focal> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class); }

    @Override public LossSum loss(Targets targets) {
        double total = 0, certainty = 0;
        for (float logProbability : targets.logProbabilities()) {
            double p = Math.exp(logProbability);
            total -= Math.pow(1 - p, gamma) * logProbability;
            certainty += p;
        }
        return new LossSum(total, targets.count()).with("certainty", certainty, targets.count());
    }

    /** d/dl of -(1 - e^l)^g l = g e^l (1 - e^l)^(g - 1) l - (1 - e^l)^g. */
    @Override public float[] gradient(Targets targets) {
        float[] gradient = new float[targets.count()];
        for (int i = 0; i < gradient.length; i++) {
            double logProbability = targets.logProbabilities()[i], p = Math.exp(logProbability);
            double falling = gamma == 0 ? 0 : gamma * p * Math.pow(1 - p, gamma - 1) * logProbability;
            gradient[i] = (float) (falling - Math.pow(1 - p, gamma));
        }
        return gradient;
    }
}
