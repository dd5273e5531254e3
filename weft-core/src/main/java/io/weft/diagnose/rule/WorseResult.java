package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.diagnose.UsualRate;
import io.weft.problem.Translatable;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The model is worse than before it was tuned, or than guessing. Where its training loss fell, it over-fits. */
final class WorseResult implements Rule {
    private static final Set<Reason> BAD = EnumSet.of(Reason.WORSE, Reason.SPOILT, Reason.UNLEARNED);
    /** A training loss that falls by less is no sign of learning by heart. */
    private static final double LEARNED = 0.1;

    @Override public String name() { return "result.worse"; }

    @Override public Symptom symptom() { return Symptom.OUTPUT; }

    @Override public Translatable title() { return text("the model is worse than before, or than guessing"); }

    @Override public Translatable when() {
        return text("at the end the held-out loss is above the untouched model's or above ln(vocabulary), and the "
                + "training loss did not fall by a tenth");
    }

    @Override public Set<Need> needs() { return Set.of(Need.FALLING_LOSS, Need.END); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("rate", text("the last held-out loss is %.4f, and the untouched model's %.4f; the "
                + "learning rate was %s"), text("the learning rate is too high: the weights were thrown out of what "
                + "the base had learned"), "train.learningRate=%s", "weft range-test %s"),
                Cause.of("training", text("the run says itself that it is no gain on its last training rows; the "
                + "learning rate was %s"), text("the learning rate is too high: the weights were thrown out of what "
                + "the base had learned"), "train.learningRate=%s", "weft range-test %s"),
                Cause.of("unlearned", text("the last held-out loss is %.4f, above guessing, from %.4f of the "
                + "untouched model; the learning rate was %s"), text("the base itself is worse than guessing: random "
                + "weights, damaged files, or another tokenizer than it was trained with; or it was trained too "
                + "briefly"), "train.epochs=%s"));
    }

    @Override public List<Finding> look(Evidence run) {
        Finished end = run.events().finished().orElseThrow();
        boolean learned = run.losses().size() > 0 && run.isLearned(LEARNED);
        if (!BAD.contains(end.reason()) || learned && end.reason() != Reason.UNLEARNED) {
            return List.of();
        }
        String rate = UsualRate.shown(run.rate());
        String lower = UsualRate.shown(Math.min(run.usual().rate(), run.rate() / 10));
        List<Evaluated> evaluated = run.events().evaluations();
        if (evaluated.isEmpty()) {
            return List.of(found("training", Severity.FAIL, List.of("rate", rate), lower, run.folder().recipe()));
        }
        List<Object> figures = List.of("loss", evaluated.get(evaluated.size() - 1).loss(), "untouched",
                end.untouchedLoss(), "rate", rate);
        return List.of(end.reason() == Reason.UNLEARNED ? found("unlearned", Severity.WARN, figures,
                Math.round(Math.max(3, 3 * run.recipe().train().batching().epochs())))
                : found("rate", end.reason() == Reason.SPOILT ? Severity.WARN : Severity.FAIL, figures, lower,
                run.folder().recipe()));
    }
}
