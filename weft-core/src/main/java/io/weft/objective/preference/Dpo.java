package io.weft.objective.preference;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;

import static io.weft.problem.Translatable.text;

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290): raises the chosen answer's likelihood over
 * the rejected one's, measured against the model before tuning. A reward is beta times how much likelier an answer
 * became; what a pair costs is a function of its two rewards.
 *
 * @param beta             how dear it is to leave the reference, above 0; small values let the model go further
 * @param loss             which function
 * @param smoothing        share of pairs that count as swapped by {@link DpoLoss#ROBUST}; the others do not read it
 * @param lengthNormalised whether the function sees rewards of a token on average, so that long answers weigh no more
 *     than short ones; {@link DpoLoss#IPO} always does
 */
public record Dpo(double beta, DpoLoss loss, double smoothing, boolean lengthNormalised) implements PairObjective {
    private static final Section<Dpo> SECTION = Section.of("dpo", new Dpo(0.1),
            text("learn which of two answers is better, against the model before tuning"),
            Setting.of("beta", new Number(0, true, 100, false),
                    text("how dear it is to leave the model before tuning; smaller lets it go further")),
            Setting.of("loss", OneOf.of(DpoLoss.class),
                    text("what a pair costs: sigmoid as in the paper; hinge stops where a pair is well apart; ipo has "
                    + "a goal for it; robust reckons with swapped pairs; apoZero moves each answer by itself")),
            Setting.of("smoothing", new Number(0, false, 0.5, true),
                    text("loss: robust: the share of pairs that are taken to be swapped")),
            Setting.of("lengthNormalised", new Flag(),
                    text("compare answers by a token on average; ipo always does")));

    public Dpo() { this(SECTION.defaults().beta); }

    /** As in the paper. */
    public Dpo(double beta) { this(beta, DpoLoss.SIGMOID, 0.1, false); }

    @Override public Section<Dpo> section() { return SECTION; }

    @Override public boolean wantsReference() { return true; }

    @Override public Cost cost(Answer chosen, Answer rejected) {
        double better = scale(chosen), worse = scale(rejected);
        Cost cost = loss.of(better * chosen.gain(), worse * rejected.gain(), beta, smoothing);
        return new Cost(cost.loss(), cost.byChosen() * better, cost.byRejected() * worse);
    }

    /** What the loss takes an answer's gain times. */
    private double scale(Answer answer) {
        return beta / (lengthNormalised || loss.isOfTokens() ? answer.length() : 1);
    }

    @Override public double reward(Answer answer) { return beta * answer.gain(); }
}
