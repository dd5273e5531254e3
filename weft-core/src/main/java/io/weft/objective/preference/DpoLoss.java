package io.weft.objective.preference;

import io.weft.objective.preference.PairObjective.Cost;
import io.weft.settings.Word;

/** What a pair costs, as a function of the rewards of its two answers; {@code train.objective.dpo.loss} in a recipe. */
public enum DpoLoss implements Word {
    /** -log sigmoid(margin): Bradley and Terry's model (Rafailov et al. 2023, arXiv:2305.18290). */
    SIGMOID {
        @Override Cost of(double chosen, double rejected, double beta, double smoothing) {
            double margin = chosen - rejected;
            return ofMargin(-Logistic.logSigmoid(margin), -Logistic.sigmoid(-margin));
        }
    },
    /** max(0, 1 - margin) (Zhao et al. 2023, arXiv:2305.10425): a pair that is well apart teaches nothing more. */
    HINGE {
        @Override Cost of(double chosen, double rejected, double beta, double smoothing) {
            double missing = 1 - (chosen - rejected);
            return ofMargin(Math.max(0, missing), missing > 0 ? -1 : 0);
        }
    },
    /**
     * (margin / beta - 1 / (2 beta))^2 (Azar et al. 2023, arXiv:2310.12036): the margin has a goal, so that certain
     * pairs are not learned without end. It is that of a token on average, as the authors compute it, and TRL.
     */
    IPO {
        @Override boolean isOfTokens() { return true; }

        @Override Cost of(double chosen, double rejected, double beta, double smoothing) {
            double off = (chosen - rejected - 0.5) / beta;
            return ofMargin(off * off, 2 * off / beta);
        }
    },
    /** The sigmoid's loss without its bias where some pairs are swapped (Chowdhury et al. 2024, arXiv:2403.00409). */
    ROBUST {
        @Override Cost of(double chosen, double rejected, double beta, double smoothing) {
            double margin = chosen - rejected, kept = 1 - smoothing, rest = 1 - 2 * smoothing;
            return ofMargin((-kept * Logistic.logSigmoid(margin) + smoothing * Logistic.logSigmoid(-margin)) / rest,
                    (-kept * Logistic.sigmoid(-margin) - smoothing * Logistic.sigmoid(margin)) / rest);
        }
    },
    /**
     * 1 - sigmoid of the chosen answer's reward, and sigmoid of the rejected one's (D'Oosterlinck et al. 2024,
     * arXiv:2408.06266): each answer moves by itself, for chosen answers that are better than the model's own.
     */
    APO_ZERO {
        @Override Cost of(double chosen, double rejected, double beta, double smoothing) {
            double better = Logistic.sigmoid(chosen), worse = Logistic.sigmoid(rejected);
            return new Cost(1 - better + worse, -better * (1 - better), worse * (1 - worse));
        }
    };

    private static Cost ofMargin(double loss, double slope) { return new Cost(loss, slope, -slope); }

    /** Whether rewards are those of a token on average, whatever the setting. */
    boolean isOfTokens() { return false; }

    /**
     * The cost of a pair, with its derivatives by both rewards.
     *
     * @param smoothing share of pairs that count as swapped
     */
    abstract Cost of(double chosen, double rejected, double beta, double smoothing);
}
