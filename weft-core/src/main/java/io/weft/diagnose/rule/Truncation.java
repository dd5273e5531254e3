package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.problem.Translatable;
import io.weft.token.encode.EncodeReport;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Rows that are longer than data.maxLength. */
final class Truncation implements Rule {
    private static final double TOLD = 0.05, MANY = 0.3;
    private static final int STEP = 64;

    @Override public String name() { return "rows.truncated"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("rows are cut or dropped for their length"); }

    @Override public Translatable when() {
        return text("5 percent of the training rows or more are longer than data.maxLength");
    }

    @Override public Set<Need> needs() { return Set.of(Need.ROWS); }

    @Override public List<Cause> causes() {
        Translatable saw = text("of %d training rows %d were cut and %d dropped: the longest has %d tokens, and "
                + "data.maxLength is %d");
        return List.of(Cause.of("cut", saw, text("data.maxLength is too short for these rows; what was cut is not "
                + "learned, often the end of the answer"), "data.maxLength=%s"),
                Cause.of("dropped", saw, text("data.maxLength is too short for these rows, and data.overLength leaves "
                + "them out"), "data.maxLength=%s", "data.overLength=cut"));
    }

    @Override public List<Finding> look(Evidence run) {
        EncodeReport made = run.rows().orElseThrow();
        int all = made.encoded() + made.dropped(), lost = made.cut() + made.dropped();
        if (lost < TOLD * all || lost == 0) {
            return List.of();
        }
        return List.of(found(made.cut() >= made.dropped() ? "cut" : "dropped", lost >= MANY * all ? Severity.FAIL
                : Severity.WARN, List.of("rows", all, "cut", made.cut(), "dropped", made.dropped(), "longest",
                made.longest(), "maxLength", run.recipe().data().maxLength()), roomy(made.longest())));
    }

    /** A round length that holds the longest row. */
    static int roomy(int longest) { return (longest + STEP - 1) / STEP * STEP; }
}
