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

/** The learning rate rises for most of the run. */
final class LongWarmup implements Rule {
    @Override public String name() { return "warmup.long"; }

    @Override public Symptom symptom() { return Symptom.LOSS; }

    @Override public Translatable title() { return text("the warm-up is longer than the run, or than half of it"); }

    @Override public Translatable when() { return text("train.warmupSteps is more than half of the steps"); }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        Translatable saw = text("the warm-up takes %d of %d steps");
        return List.of(Cause.of("never", saw, text("the learning rate never reaches its peak"),
                "train.warmupSteps=%s"),
                Cause.of("late", saw, text("most of the run learns at a fraction of the learning rate"),
                "train.warmupSteps=%s"));
    }

    @Override public List<Finding> look(Evidence run) {
        int warmup = run.warmup(), steps = run.steps();
        return 2 * warmup <= steps ? List.of() : List.of(found(warmup >= steps ? "never" : "late", warmup >= steps
                ? Severity.FAIL : Severity.WARN, List.of("warmup", warmup, "steps", steps), steps / 10));
    }
}
