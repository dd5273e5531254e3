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

    @Override public String name() { return "overfitting"; }

    @Override public Symptom symptom() { return Symptom.OVERFITTING; }

    @Override public Translatable title() {
        return text("the held-out loss rises while the training loss falls");
    }

    @Override public Translatable when() {
        return text("the last held-out loss is a fiftieth or more above the lowest (the untouched model's counts), and "
                + "since then the training loss fell by 3 percent or more");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.FALLING_LOSS, Need.HELD_OUT); }

    @Override public List<Cause> causes() {
        Translatable saw = text("the held-out loss rose from %.4f at step %d to %.4f at step %d, while the training "
                + "loss fell from %.4f to %.4f in %.1f epochs");
        return List.of(Cause.of("epochs", saw, text("the rows were seen too often: the model learns them by heart; "
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
        if (!(last.loss() - lowest > RISE * Math.abs(lowest)) || since.fall() < FALL || !run.isLearned(FALL)
                || !(since.before() > since.after())) {
            return List.of();
        }
        List<Object> figures = List.of("lowest", lowest, "lowestStep", at, "last", last.loss(), "lastStep",
                last.step(), "trainingBefore", since.before(), "trainingAfter", since.after(), "epochs", last.epoch());
        return List.of(last.epoch() > 1 ? found("epochs", Severity.WARN, figures, Math.max(1, Math.round(epoch)))
                : found("rows", Severity.WARN, figures, run.folder().path()));
    }
}
