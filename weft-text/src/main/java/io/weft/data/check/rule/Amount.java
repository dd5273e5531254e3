package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Whether there are rows enough to learn from. */
final class Amount implements Check {
    /** With the usual 16 rows a step, an epoch of fewer is less than one step. */
    private static final int FAIL = 16;
    /** Below it an epoch has fewer than six steps, and what is learned is these rows by heart. */
    private static final int WARN = 100;

    @Override public String name() { return "amount"; }

    @Override public Translatable title() { return text("Amount"); }

    @Override public Translatable reason() {
        return text("warns below %d training rows (an epoch has hardly six steps of the usual 16 rows, and these rows "
                + "are learned by heart), fails below %d (not one step)", WARN, FAIL);
    }

    @Override public Judging on(CheckedData data) {
        int rows = data.train();
        return () -> Verdict.of(name(), rows < FAIL ? Level.FAIL : rows < WARN ? Level.WARN : Level.PASS,
                text("%,d rows to train on", rows), Figures.of("rows", rows)
                .and("read", data.manifest().counts().read()).all());
    }
}
