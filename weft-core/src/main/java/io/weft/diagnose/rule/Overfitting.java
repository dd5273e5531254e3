package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.LossCurve;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.problem.Translatable;
import io.weft.run.RunEvent.Evaluated;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The held-out loss rises from its lowest while the training loss falls on. */
final class Overfitting implements Rule {
    /** What counts as a rise of the held-out loss and as a fall of the training loss meanwhile. */
    private static final double RISE = 0.02, FALL = 0.03;
    /** A held-out loss that falls by less in the second half stands still; a training loss below such a share of it
     *  is of rows that are known by heart, when they were seen so often. */
    private static final double STILL = 0.05, KNOWN = 0.25, OFTEN = 4;

    @Override public String name() { return "overfitting"; }

    @Override public Symptom symptom() { return Symptom.OVERFITTING; }

    @Override public Translatable title() {
        return text("the held-out loss rises while the training loss falls");
    }

    @Override public Translatable when() {
        return text("the last held-out loss is a fiftieth or more above the lowest (the untouched model's counts), and "
                + "since then the training loss fell by 3 percent or more; or after four epochs or more the training "
                + "loss is below a quarter of the held-out loss, which hardly fell in the second half");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.FALLING_LOSS, Need.HELD_OUT); }

    @Override public List<Cause> causes() {
        Translatable gap = text("the training loss fell to %.4f, and the held-out loss stands still at %.4f, in %.1f "
                + "epochs");
        Translatable saw = text("the held-out loss rose from %.4f at step %d to %.4f at step %d, while the training "
                + "loss fell from %.4f to %.4f in %.1f epochs");
        return List.of(Cause.of("gap", gap, text("the rows were seen too often: the model knows them by heart, and "
                + "what it learns more is of no use for others; more rows help most"), "train.epochs=%s",
                "train.patience=3", "tuning.lora.rank=4"),
                Cause.of("epochs", saw, text("the rows were seen too often: the model learns them by heart; "
                + "the best adapter is kept, but the steps after it were for nothing"), "train.epochs=%s",
                "train.patience=3", "tuning.lora.rank=4"),
                Cause.of("rows", saw, text("the held-out rows are of another kind than the training rows, or these "
                + "are too few and too alike"), "train.patience=3", "weft prepare --feedback %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<Evaluated> evaluated = run.events().evaluations();
        Evaluated last = evaluated.get(evaluated.size() - 1);
        double lowest = run.untouchedLoss().orElse(Double.POSITIVE_INFINITY);
        int at = 0;
        double epoch = 0;
        for (Evaluated one : evaluated) {
            if (one.loss() < lowest) {
                lowest = one.loss();
                at = one.step();
                epoch = one.epoch();
            }
        }
        LossCurve.Change since = run.losses().changeAfter(at);
        boolean rose = last.loss() - lowest > RISE * Math.abs(lowest);
        if (!rose || !(since.fall() >= FALL) || !run.isLearned(FALL)) {
            return gap(run, last);
        }
        List<Object> figures = List.of("lowest", lowest, "lowestStep", at, "last", last.loss(), "lastStep",
                last.step(), "trainingBefore", since.before(), "trainingAfter", since.after(), "epochs", last.epoch());
        return List.of(last.epoch() > 1 ? found("epochs", Severity.WARN, figures, Math.max(1, Math.round(epoch)))
                : found("rows", Severity.WARN, figures, run.folder().path()));
    }

    private List<Finding> gap(Evidence run, Evaluated last) {
        double known = run.losses().change().after(), early = lowest(run, true), late = lowest(run, false);
        boolean still = Double.isFinite(early) && early - late < STILL * Math.abs(early);
        return last.epoch() < OFTEN || !still || !(known < KNOWN * last.loss()) ? List.of()
                : List.of(found("gap", Severity.WARN, List.of("training", known, "heldOut", last.loss(), "epochs",
                last.epoch()), Math.max(1, Math.round(last.epoch() / 3))));
    }

    /** The lowest held-out loss of one half of the run. */
    private static double lowest(Evidence run, boolean first) {
        return run.events().evaluations().stream().filter(one -> 2 * one.step() <= run.steps() == first)
                .mapToDouble(Evaluated::loss).min().orElse(Double.NaN);
    }
}
