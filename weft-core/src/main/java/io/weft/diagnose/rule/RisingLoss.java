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
import io.weft.run.RunEvent.StepDone;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** A training loss that has fallen, and then rises again over many steps: what was learned is undone. */
final class RisingLoss implements Rule {
    private static final int PARTS = 5, FEWEST = 25;
    /** A later fifth lies so many times above an earlier one, and by such a share of the loss at the beginning. */
    private static final double TIMES = 1.3, OF_FIRST = 0.1;

    @Override public String name() { return "loss.rises"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("the training loss rises again"); }

    @Override public Translatable when() {
        return text("the mean training loss of a fifth of the steps is 1.3 times that of an earlier fifth or more, and "
                + "above it by a tenth of the loss of the first step or more");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.FALLING_LOSS); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("rate", text("the training loss rose from %.4f to %.4f by step %d; the learning rate "
                + "was %s"), text("the learning rate is too high, so that steps undo what was learned"),
                "train.learningRate=%s", "weft range-test %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<StepDone> steps = run.losses().steps();
        if (steps.size() < FEWEST) {
            return List.of();
        }
        double lowest = Double.POSITIVE_INFINITY, before = 0, after = 0;
        int until = 0;
        for (int part = 0; part < PARTS; part++) {
            List<StepDone> fifth = steps.subList(part * steps.size() / PARTS, (part + 1) * steps.size() / PARTS);
            double mean = fifth.stream().mapToDouble(StepDone::loss).average().orElseThrow();
            if (mean - lowest > after - before) {
                before = lowest;
                after = mean;
                until = fifth.get(fifth.size() - 1).step();
            }
            lowest = Math.min(lowest, mean);
        }
        if (!(after > TIMES * before) || !(after - before > OF_FIRST * Math.abs(steps.get(0).loss()))) {
            return List.of();
        }
        return List.of(found("rate", Severity.WARN, List.of("before", before, "after", after, "step", until, "rate",
                UsualRate.shown(run.rate())), UsualRate.shown(run.rate() / 3), run.folder().recipe()));
    }
}
