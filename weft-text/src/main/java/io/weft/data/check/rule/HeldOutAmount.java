package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Whether enough rows are held out to tell a better model from a worse one. */
final class HeldOutAmount implements Check {
    /** The mean of fewer rows moves by more than a fifth of the rows' own spread (1 / sqrt(20) = 0.22). */
    private static final int WARN = 20;

    @Override public String name() { return "heldOut"; }

    @Override public Translatable title() { return text("Held-out rows"); }

    @Override public Translatable reason() {
        return text("warns below %d held-out rows: the mean of so few moves by more than a fifth of the spread of "
                + "single rows, so a better model cannot be told from a worse one", WARN);
    }

    @Override public Judging on(CheckedData data) {
        int rows = data.heldOut();
        return () -> Verdict.of(name(), rows < WARN ? Level.WARN : Level.PASS,
                rows == 0 ? text("nothing is held out, so nobody can tell what tuning brought")
                : text("%,d rows are held out", rows), Figures.of("rows", rows).all())
                .mendedBy("data.heldOut=" + (data.rows() >= 5 * WARN ? String.valueOf(WARN) : "0.2"));
    }
}
