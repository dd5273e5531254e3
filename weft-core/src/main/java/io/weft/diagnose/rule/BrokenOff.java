package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The run ended without a word, and not for memory as far as can be seen. */
final class BrokenOff implements Rule {
    @Override public String name() { return "run.brokenOff"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("the run broke off"); }

    @Override public Translatable when() {
        return text("its log has no end, no process trains in it, and nothing points to the memory");
    }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("killed", text("the log ends after step %d of %d"), text("the process was killed, or "
                + "the machine went down; nothing but the steps since the last checkpoint is lost"),
                "weft resume %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        return !run.isBrokenOff() || !new OutOfMemory().look(run).isEmpty() ? List.of()
                : List.of(found("killed", Severity.WARN, List.of("step", run.events().lastStep(), "steps", run.steps()),
                run.folder().path()));
    }
}
