package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.data.prepare.Manifest;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Rows that could not be read as what the file holds. */
final class RejectedRows implements Check {
    /** A few bad rows are in every file; from one in a hundred something in its making went wrong. */
    private static final double WARN = 0.01;
    /** From one in five the file is probably not what it is read as. */
    private static final double FAIL = 0.2;

    @Override public String name() { return "rejected"; }

    @Override public Translatable title() { return text("Rejected rows"); }

    @Override public Translatable reason() {
        return text("warns from %s %% of the rows read (something went wrong when the file was made), fails from %s %% "
                + "(it is probably not what it is read as)", 1, 20);
    }

    @Override public Judging on(CheckedData data) {
        Manifest.Counts counts = data.manifest().counts();
        return () -> Verdict.of(name(), Level.ofShare(counts.rejected(), counts.read(), WARN, FAIL),
                counts.rejected() == 0 ? text("every row could be read")
                : text("%,d of %,d rows are set aside: %s", counts.rejected(), counts.read(),
                data.manifest().rejected().entrySet().stream().map(each -> each.getKey() + " " + each.getValue())
                .toList()), Figures.share(counts.rejected(), counts.read()).and("reasons", data.manifest().rejected())
                .all()).withExamples(data.rejected());
    }
}
