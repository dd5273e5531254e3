package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.LossCurve;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.diagnose.UsualRate;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The loss stays where it was. A loss that rises is {@link WorseResult}'s. */
final class FlatLoss implements Rule {
    /** Falls that count as none: of the held-out loss, which is compared on the same rows, and of the training loss. */
    private static final double HELD_OUT = 0.02, TRAINING = 0.05;
    private static final int FEW_STEPS = 30;
    private static final double SLOW_START = 0.5, LOW_RATE = 5;
    private static final Translatable SAW = text("the training loss went from %.4f to %.4f in %d steps, and the "
            + "held-out loss fell by %.1f %%");

    @Override public String name() { return "loss.flat"; }

    @Override public Symptom symptom() { return Symptom.LOSS; }

    @Override public Translatable title() { return text("the loss does not fall"); }

    @Override public Translatable when() {
        return text("from the first to the last fifth of the steps the training loss falls by less than a twentieth, "
                + "and from the untouched model to the best step the held-out loss by less than a fiftieth");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.FALLING_LOSS); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("warmup", SAW, text("the warm-up takes most of the run, so the learning rate hardly "
                + "reached its peak"), "train.warmupSteps=%s"),
                Cause.of("rate", SAW, text("the learning rate is too low for this way of tuning and this size of "
                + "model"), "train.learningRate=%s"),
                Cause.of("short", SAW, text("too few steps to learn anything"), "train.epochs=%s",
                "train.accumulate=1"),
                Cause.of("unclear", SAW, text("learning rate, warm-up and number of steps are as usual: look at what "
                + "is learned, and let a range test choose the learning rate"), "weft show %s --model %s",
                "weft range-test %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        LossCurve.Change change = run.losses().change();
        OptionalDouble gain = run.gain();
        boolean flat = Math.abs(change.fall()) < TRAINING || change.fall() > 0 && !change.isSure();
        boolean noGain = gain.isEmpty() ? Math.abs(change.fall()) < TRAINING : Math.abs(gain.getAsDouble()) < HELD_OUT;
        if (!flat || !noGain) {
            return List.of();
        }
        List<Object> figures = List.of("before", change.before(), "after", change.after(), "steps",
                run.losses().size(), "heldOutFallPercent", 100 * gain.orElse(0));
        double usual = run.usual().rate();
        if (run.warmup() > SLOW_START * run.steps()) {
            return List.of(found("warmup", Severity.FAIL, figures, Math.max(1, run.steps() / 10)));
        }
        if (run.rate() < usual / LOW_RATE) {
            return List.of(found("rate", Severity.FAIL, figures, UsualRate.shown(usual)));
        }
        if (run.steps() < FEW_STEPS) {
            double epochs = run.recipe().train().batching().epochs();
            return List.of(found("short", Severity.WARN, figures, Math.round(Math.max(3, 3 * epochs))));
        }
        return List.of(found("unclear", Severity.WARN, figures, run.recipe().data().train().toString(),
                run.recipe().model(), run.folder().recipe()));
    }
}
