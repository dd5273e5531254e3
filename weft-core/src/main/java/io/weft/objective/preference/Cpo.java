package io.weft.objective.preference;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;

import static io.weft.problem.Translatable.text;

/**
 * Contrastive preference optimisation (Xu et al. 2024, arXiv:2401.08417): DPO's loss without a reference, and beside it
 * the likelihood of the chosen answer's tokens, which keeps the model near what was chosen.
 *
 * @param beta       scale of the rewards, which are beta times an answer's log-probability
 * @param likelihood how much the likelihood of the chosen answers weighs; 1 in the paper
 */
public record Cpo(double beta, double likelihood) implements PairObjective {
    private static final Section<Cpo> SECTION = Section.of("cpo", new Cpo(0.1, 1),
            text("learn which of two answers is better, and the better one itself; needs no reference"),
            Setting.of("beta", new Number(0, true, 100, false), text("scale of the rewards")),
            Setting.of("likelihood", new Number(0, false, 1000, false),
                    text("how much the likelihood of the chosen answers weighs")));

    public Cpo() { this(SECTION.defaults().beta, SECTION.defaults().likelihood); }

    @Override public Section<Cpo> section() { return SECTION; }

    @Override public Cost cost(Answer chosen, Answer rejected) {
        double margin = reward(chosen) - reward(rejected), slope = -Logistic.sigmoid(-margin) * beta;
        return new Cost(-Logistic.logSigmoid(margin), slope, -slope);
    }

    @Override public double reward(Answer answer) { return beta * answer.logProbability(); }

    @Override public double likelihoodWeight() { return likelihood; }
}
