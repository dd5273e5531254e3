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
import io.weft.run.RunEvent.StepDone;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** What is tuned gets no gradient, or its weights stay what they were. */
final class DeadAdapter implements Rule {
    /** Gradients of this size are rounding errors, and AdamW's epsilon of 1e-8 swallows them. */
    private static final double NO_GRADIENT = 1e-7;
    /** Losses this close, as a share, are of the same weights. */
    private static final double SAME = 1e-6;
    private static final int FEWEST = 3;

    @Override public String name() { return "adapter.dead"; }

    @Override public Symptom symptom() { return Symptom.LOSS; }

    @Override public Translatable title() { return text("nothing is learned: no gradient, or unchanged weights"); }

    @Override public Translatable when() {
        return text("the gradient's norm is below 1e-7 in half of the steps or more, or every held-out loss is the "
                + "untouched model's to six digits");
    }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("gradient", text("in %d of %d steps the gradient's norm was below 1e-7 (largest %.1e)"),
                text("no gradient reaches what is tuned: the update is scaled to nothing, the rows have nothing to "
                + "learn, or (grpo) all answers are worth the same"), "tuning.%s", "weft show %s --model %s"),
                Cause.of("unchanged", text("all %d held-out losses are %.6f, the untouched model's"),
                text("the learning rate is so low that rounding swallows the steps"), "train.learningRate=%s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<StepDone> taken = run.taken();
        long still = taken.stream().filter(step -> step.gradientNorm() < NO_GRADIENT).count();
        if (taken.size() >= FEWEST && 2 * still >= taken.size()) {
            double largest = taken.stream().mapToDouble(StepDone::gradientNorm).max().orElseThrow();
            return List.of(found("gradient", Severity.FAIL, List.of("without", still, "steps", taken.size(), "largest",
                    largest), run.recipe().tuning().name() + "=true", run.recipe().data().train().toString(),
                    run.recipe().model()));
        }
        List<Evaluated> evaluated = run.events().evaluations();
        double untouched = run.untouchedLoss().orElse(Double.NaN);
        boolean unchanged = !evaluated.isEmpty() && taken.size() >= FEWEST && evaluated.stream().allMatch(one ->
                Math.abs(one.loss() - untouched) <= SAME * Math.abs(untouched));
        return unchanged ? List.of(found("unchanged", Severity.FAIL, List.of("evaluations", evaluated.size(), "loss",
                untouched), UsualRate.shown(run.usual().rate()))) : List.of();
    }
}
