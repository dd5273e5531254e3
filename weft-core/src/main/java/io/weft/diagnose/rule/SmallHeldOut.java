package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.problem.Translatable;
import io.weft.run.RunEvent.Evaluated;
import io.weft.token.encode.EncodeReport;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The held-out rows are too few to tell a gain from chance. */
final class SmallHeldOut implements Rule {
    /** Of a normal distribution's 95 percent. */
    private static final double WIDE = 1.96;
    /** A loss that is known to this share is known well enough. */
    private static final double WELL = 0.05;
    private static final int FEWEST = 8;

    @Override public String name() { return "heldOut.small"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("too few held-out rows to tell"); }

    @Override public Translatable when() {
        return text("none or fewer than eight rows are held out, or 1.96 standard errors of the best held-out loss are "
                + "more than what it fell from the untouched model, and more than a twentieth of it");
    }

    @Override public Set<Need> needs() { return Set.of(Need.FALLING_LOSS); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("none", text("no rows are held out of %d"), text("whether the model got better or "
                + "learned by heart cannot be told"), "data.heldOut=0.1"),
                Cause.of("few", text("%d rows are held out"), text("so few rows say more about themselves than about "
                + "the model"), "data.heldOut=%s"),
                Cause.of("spread", text("the best held-out loss is %.4f ± %.4f (95 percent, %d rows), and it fell by "
                + "%.4f"), text("the fall is within what other rows would change: a gain and chance cannot be told "
                + "apart"), "data.heldOut=%s"));
    }

    @Override public List<Finding> look(Evidence run) {
        int rows = run.events().started().heldOutRows();
        // where rows are packed the log counts packs
        int training = run.rows().map(EncodeReport::encoded).orElse(run.events().started().trainRows());
        if (rows == 0) {
            return List.of(found("none", Severity.NOTE, List.of("rows", training)));
        }
        Evaluated best = run.events().best().orElse(null);
        if (rows < FEWEST) {
            return List.of(found("few", Severity.NOTE, List.of("rows", rows), Math.max(20, 2 * rows)));
        }
        if (best == null || !Double.isFinite(best.standardError()) || run.gain().isEmpty()) {
            return List.of();
        }
        double wide = WIDE * best.standardError(), fell = run.untouchedLoss().getAsDouble() - best.loss();
        if (wide < Math.abs(fell) || wide < WELL * Math.abs(best.loss())) {
            return List.of();
        }
        long wanted = Math.round(rows * Math.min(10, Math.max(2, Math.pow(wide / (WELL * Math.abs(best.loss())), 2))));
        return List.of(found("spread", Severity.NOTE, List.of("loss", best.loss(), "wide", wide, "rows", rows, "fell",
                fell), wanted));
    }
}
