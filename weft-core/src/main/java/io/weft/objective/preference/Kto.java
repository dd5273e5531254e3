package io.weft.objective.preference;

import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Sample;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.StepContext;
import io.weft.objective.Targets;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/**
 * Kahneman-Tversky optimisation (Ethayarajh et al. 2024, arXiv:2402.01306): learns from single answers that were found
 * good or bad. An answer is worth how much likelier it became than all answers did on average: the loss of a good one
 * is weight (1 - sigmoid(beta (gain - kl))), of a bad one weight (1 - sigmoid(beta (kl - gain))).
 *
 * <p>The kl is that of the step as a whole, measured before any gradient and held fixed, see {@link MismatchedRows}.
 *
 * @param beta              how dear it is to leave the reference, above 0
 * @param desirableWeight   of good answers  @param undesirableWeight of bad ones; by the paper the product of weight
 *     and number of the good ones is 1 to 4/3 times that of the bad ones
 */
public record Kto(double beta, double desirableWeight, double undesirableWeight) implements Objective {
    private static final Section<Kto> SECTION = Section.of("kto", new Kto(0.1, 1, 1),
            text("learn which answers are good, of answers marked good or bad, against the model before tuning"),
            Setting.of("beta", new Number(0, true, 100, false),
                    text("how dear it is to leave the model before tuning; smaller lets it go further")),
            Setting.of("desirableWeight", new Number(0, false, 1000, false),
                    text("weight of good answers; where few are good, raise it until weight times number is 1 to 4/3 "
                    + "times that of bad ones")),
            Setting.of("undesirableWeight", new Number(0, false, 1000, false), text("weight of bad answers")));

    public Kto() { this(SECTION.defaults().beta, SECTION.defaults().desirableWeight,
            SECTION.defaults().undesirableWeight); }

    @Override public Section<Kto> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Judged.class); }

    @Override public double learningRateFactor() { return PairObjective.LEARNING_RATE_FACTOR; }

    @Override public boolean wantsReference() { return true; }

    @Override public Step prepare(Step step, StepContext context) {
        int good = 0, rows = 0;
        for (List<ExampleGroup> groups : step.microBatches()) {
            for (ExampleGroup group : groups) {
                good += Judged.isGood(group.value(0)) ? 1 : 0;
                rows++;
            }
        }
        double kl = Math.max(0, MismatchedRows.of(step.microBatches()).meanGain(context));
        return new Step(step.microBatches(), new OfStep(this, kl, good, rows - good));
    }

    /** Of a batch that is a whole step, with a kl of 0. */
    @Override public LossSum loss(Targets targets) { return alone(targets).loss(targets); }

    /** Of a batch that is a whole step, with a kl of 0. */
    @Override public float[] gradient(Targets targets) { return alone(targets).gradient(targets); }

    private OfStep alone(Targets targets) {
        int good = 0;
        for (double value : targets.values()) {
            good += Judged.isGood(value) ? 1 : 0;
        }
        return new OfStep(this, 0, good, targets.rows().length - good);
    }

    /**
     * The objective over the rows of one step.
     *
     * @param kl   how much likelier answers became on average, 0 or more
     * @param good answers of the step that are  @param bad the others
     */
    record OfStep(Kto settings, double kl, int good, int bad) implements Objective {
        @Override public Section<Kto> section() { return SECTION; }

        @Override public Set<Class<? extends Sample>> eats() { return settings.eats(); }

        @Override public boolean wantsReference() { return true; }

        @Override public LossSum loss(Targets targets) {
            double[] known = targets.byDocument(), reference = targets.referenceByDocument();
            int rows = known.length, goods = 0;
            double loss = 0, right = 0, margin = 0, goodGain = 0, badGain = 0, goodTold = 0, badTold = 0;
            for (int n = 0; n < rows; n++) {
                boolean isGood = Judged.isGood(targets.values()[n]);
                double gain = known[n] - reference[n], above = isGood ? gain - kl : kl - gain;
                loss += weight(isGood) * Logistic.sigmoid(-settings.beta * above);
                right += above > 0 ? 1 : 0;
                // mean of the good less mean of the bad over the step, as a mean over its rows
                margin += settings.beta * gain * (isGood ? good + bad : -(good + bad)) / (isGood ? good : bad);
                goodGain += isGood ? gain : 0;
                badGain += isGood ? 0 : gain;
                goodTold += isGood ? known[n] : 0;
                badTold += isGood ? 0 : known[n];
                goods += isGood ? 1 : 0;
            }
            return new LossSum(loss, rows).with("rewards/chosen", settings.beta * goodGain, goods)
                    .with("rewards/rejected", settings.beta * badGain, rows - goods)
                    .with("rewards/accuracies", right, rows)
                    .with("rewards/margins", margin, good > 0 && bad > 0 ? rows : 0)
                    .with("logps/chosen", goodTold, goods).with("logps/rejected", badTold, rows - goods)
                    .with("kl", kl * rows, rows);
        }

        @Override public float[] gradient(Targets targets) {
            double[] known = targets.byDocument(), reference = targets.referenceByDocument(),
                    slopes = new double[known.length];
            for (int n = 0; n < slopes.length; n++) {
                boolean isGood = Judged.isGood(targets.values()[n]);
                double worth = Logistic.sigmoid(settings.beta * (known[n] - reference[n] - kl));
                slopes[n] = (isGood ? -1 : 1) * weight(isGood) * settings.beta * worth * (1 - worth);
            }
            return targets.ofDocuments(slopes);
        }

        private double weight(boolean isGood) {
            return isGood ? settings.desirableWeight : settings.undesirableWeight;
        }
    }
}
