package io.weft.data.check.rule;

import io.weft.data.Labelled;
import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Lengths;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Whether a few long answers are most of what is learned. */
final class LengthBalance implements Check {
    /** Each learned token counts alike: the hundredth part with a quarter of them speaks for 25 times its rows. */
    private static final double LONGEST = 0.01, WARN = 0.25, FAIL = 0.5;
    /** Of fewer answers the longest hundredth is a single row, which says nothing. */
    private static final int FEWEST = 100;

    @Override public String name() { return "lengthBalance"; }

    @Override public Translatable title() { return text("Balance of lengths"); }

    @Override public Translatable reason() {
        return text("warns where the longest hundredth of the answers holds a quarter of all characters, fails from "
                + "half: every learned token counts alike, so these few rows decide what is learned");
    }

    @Override public boolean applies(CheckedData data) { return data.kind() != Labelled.class; }

    @Override public Judging on(CheckedData data) {
        return () -> {
            Lengths answers = data.answers();
            double held = answers.heldByLongest(LONGEST);
            Level level = answers.count() < FEWEST || held < WARN ? Level.PASS : held < FAIL ? Level.WARN : Level.FAIL;
            return Verdict.of(name(), level, text("the longest 1 %% of the answers hold %.1f %% of all characters",
                    100 * held), Figures.of("shareOfLongest1Percent", Figures.rounded(held))
                    .and("median", answers.quantile(0.5)).and("longest", answers.quantile(1)).all())
                    .mendedBy("data.overLength=drop", "data.maxLength=" + 512);
        };
    }
}
