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
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The learning rate is one at which this way of tuning does not work. */
final class RateOutOfRange implements Rule {
    @Override public String name() { return "rate.range"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("the learning rate is out of range for the method"); }

    @Override public Translatable when() {
        return text("train.learningRate is less than a twentieth of the method's usual one, or more than twenty times "
                + "that; small models may take up to ten times as much");
    }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("low", text("the learning rate is %s; %s usually works from %s to %s"),
                text("at so low a rate hardly anything is learned"), "train.learningRate=%s"),
                Cause.of("high", text("the learning rate is %s; %s usually works from %s to %s"),
                text("at so high a rate training breaks, or forgets what the base could do"),
                "train.learningRate=%s"));
    }

    @Override public List<Finding> look(Evidence run) {
        double rate = run.rate(), low = UsualRate.low(run.methodRate());
        UsualRate usual = run.usual();
        if (rate >= low && rate <= usual.high()) {
            return List.of();
        }
        return List.of(found(rate < low ? "low" : "high", Severity.WARN, List.of("rate", UsualRate.shown(rate),
                "method", run.recipe().tuning().name(), "low", UsualRate.shown(low), "high",
                UsualRate.shown(usual.high())), UsualRate.shown(usual.rate())));
    }
}
