package io.weft.objective.preference;

import io.weft.objective.LossSum;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;

import static io.weft.problem.Translatable.text;

/**
 * Odds ratio preference optimisation (Hong et al. 2024, arXiv:2403.07691): learns the chosen answer, prompt and all, as
 * plain fine-tuning does, and in the same step makes its odds better than the rejected one's; no reference. The cost of
 * a pair is -beta log sigmoid(log odds(chosen) - log odds(rejected)), where the odds are p / (1 - p) and p is the
 * geometric mean of the probabilities of an answer's tokens.
 *
 * @param beta how much the odds ratio weighs beside the likelihood: the paper's lambda
 */
public record Orpo(double beta) implements PairObjective {
    /** An answer that is certain in every token has no finite odds. */
    private static final double LARGEST = -1e-9;
    private static final Section<Orpo> SECTION = Section.of("orpo", new Orpo(0.1),
            text("learn the better of two answers and its odds over the other one at once; needs no reference"),
            Setting.of("beta", new Number(0, true, 100, false),
                    text("how much the odds ratio weighs beside the likelihood of the chosen answer")));

    public Orpo() { this(SECTION.defaults().beta); }

    @Override public Section<Orpo> section() { return SECTION; }

    @Override public boolean wantsPrompt(int document) { return document == 0; }

    @Override public Cost cost(Answer chosen, Answer rejected) {
        double odds = logOdds(chosen) - logOdds(rejected), slope = -beta * Logistic.sigmoid(-odds);
        return new Cost(-beta * Logistic.logSigmoid(odds), slope * oddsSlope(chosen) / chosen.length(),
                -slope * oddsSlope(rejected) / rejected.length());
    }

    /** log(p / (1 - p)) of a token on average. */
    private static double logOdds(Answer answer) {
        double mean = Math.min(LARGEST, answer.mean());
        return mean - Math.log(-Math.expm1(mean));
    }

    /** Its derivative by log p: 1 / (1 - p). */
    private static double oddsSlope(Answer answer) { return -1 / Math.expm1(Math.min(LARGEST, answer.mean())); }

    @Override public double reward(Answer answer) { return beta * answer.mean(); }

    @Override public double told(Answer answer) { return answer.mean(); }

    @Override public LossSum alsoTold(LossSum sum, Answer chosen, Answer rejected) {
        double odds = logOdds(chosen) - logOdds(rejected);
        return sum.with("log_odds_ratio", Logistic.logSigmoid(odds), 1).with("log_odds_chosen", odds, 1);
    }

    @Override public double likelihoodWeight() { return 1; }
}
