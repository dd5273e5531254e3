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
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Warned;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Losses or gradients that are no finite number. */
final class NotFinite implements Rule {
    @Override public String name() { return "loss.notFinite"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("the loss is not finite"); }

    @Override public Translatable when() { return text("a step or an evaluation has a loss or gradient that is no "
            + "finite number"); }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("base", text("%d steps were not finite, the first was step %d: %s in %s holds numbers "
                + "that are not finite"), text("the base is damaged: fetch that file again"), "weft doctor --model %s"),
                Cause.of("rows", text("%d steps were not finite, the first was step %d; it was rows %s alone, the "
                + "first of them begins \"%s\""), text("these rows are broken: mend or remove them"),
                "weft show %s --model %s"),
                Cause.of("rate", text("%d steps were not finite, the first was step %d, after steps that were; the "
                + "learning rate was %s"), text("the learning rate is too high: the weights grew beyond what fp32 "
                + "holds"), "train.learningRate=%s"),
                Cause.of("start", text("%d steps were not finite, the first was step %d, before anything was learned; "
                + "train.precision is %s"), text("the rows or the precision: nothing was tuned yet"),
                "train.precision=fp32"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<Warned> told = run.warned(kind -> kind.endsWith("otFinite"));
        if (told.isEmpty()) {
            return List.of();
        }
        Warned first = told.get(0);
        Severity severity = run.events().finished().map(Finished::reason).filter(Reason.DIVERGED::equals).isPresent()
                ? Severity.FAIL : Severity.WARN;
        List<Object> arguments = first.arguments();
        String rows = run.recipe().data().train().toString(), model = run.recipe().model();
        return List.of(switch (first.kind()) {
            case "base.notFinite" -> found("base", severity, List.of("steps", told.size(), "first", first.step(),
                    "tensor", arguments.get(0), "file", arguments.get(1)), model);
            case "rows.notFinite" -> found("rows", severity, List.of("steps", told.size(), "first", first.step(),
                    "rows", arguments.get(2), "begins", arguments.get(3)), rows, model);
            case "start.notFinite" -> found("start", severity, List.of("steps", told.size(), "first", first.step(),
                    "precision", arguments.get(3)));
            default -> found("rate", severity, List.of("steps", told.size(), "first", first.step(), "rate",
                    UsualRate.shown(run.rate())), UsualRate.shown(Math.min(run.usual().rate(), run.rate() / 10)));
        });
    }
}
