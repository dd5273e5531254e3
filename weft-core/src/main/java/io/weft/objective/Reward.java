package io.weft.objective;

import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.nn.Readout;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/**
 * A reward model: a linear on the hidden state of an answer's last token gives its score, and the loss of a pair is
 * that of Bradley and Terry (1952), -log sigmoid(score of the chosen - score of the rejected - margin), as Ouyang et
 * al. 2022 (arXiv:2203.02155) use it; the margin is that of the row where it has one (Touvron et al. 2023,
 * arXiv:2307.09288, section 3.2.2).
 *
 * @param centring how much the squared sum of a pair's scores counts, which keeps scores around 0 (Eisenstein et al.
 *     2023, arXiv:2312.09244); 0 for not at all
 */
public record Reward(double centring) implements Objective {
    private static final Section<Reward> SECTION = Section.of("reward", new Reward(0),
            text("learn to score answers, the better one of two higher"),
            Setting.of("centring", new Number(0, false, 100, false),
                    text("how much the squared sum of a pair's two scores counts, which keeps scores around 0; 0.01 is "
                    + "usual")));

    public Reward() { this(SECTION.defaults().centring); }

    @Override public Section<Reward> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Preference.class); }

    @Override public Readout readout() { return Readout.SCORE; }

    @Override public List<String> outputs() { return List.of("LABEL_0"); } // as transformers calls a single output

    @Override public LossSum loss(Targets targets) {
        int pairs = targets.pairs();
        double[] scores = targets.byDocument();
        double loss = 0, chosen = 0, rejected = 0, right = 0;
        for (int n = 0; n < pairs; n++) {
            double lead = scores[2 * n] - scores[2 * n + 1], excess = lead - margin(targets, n),
                    both = scores[2 * n] + scores[2 * n + 1];
            loss += Math.max(0, -excess) + Math.log1p(Math.exp(-Math.abs(excess)))   // -log sigmoid, without overflow
                    + centring * both * both;
            chosen += scores[2 * n];
            rejected += scores[2 * n + 1];
            right += lead > 0 ? 1 : 0;
        }
        return new LossSum(loss, pairs).with("rewards/chosen", chosen, pairs).with("rewards/rejected", rejected, pairs)
                .with("rewards/accuracies", right, pairs).with("rewards/margins", chosen - rejected, pairs);
    }

    @Override public float[] gradient(Targets targets) {
        double[] scores = targets.byDocument(), slopes = new double[scores.length];
        for (int n = 0; n < targets.pairs(); n++) {
            double chosen = scores[2 * n], rejected = scores[2 * n + 1];
            double slope = -1 / (1 + Math.exp(chosen - rejected - margin(targets, n))),
                    centre = 2 * centring * (chosen + rejected);
            slopes[2 * n] = slope + centre;
            slopes[2 * n + 1] = -slope + centre;
        }
        return targets.ofDocuments(slopes);
    }

    /** 0 where the row says nothing. */
    private static double margin(Targets targets, int pair) {
        double margin = targets.values()[2 * pair];
        return Double.isNaN(margin) ? 0 : margin;
    }
}
