package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.OptionalDouble;

import static io.weft.problem.Translatable.text;

/** Rows that say word for word what another one says. */
final class Duplicates implements Check {
    /**
     * One in a hundred is more than chance leaves. Repeated rows are learned by heart first (Lee et al. 2021,
     * arXiv:2107.06499), and from one in five they are what is mostly learned.
     */
    private static final double WARN = 0.01, FAIL = 0.2;

    @Override public String name() { return "duplicates"; }

    @Override public Translatable title() { return text("Exact duplicates"); }

    @Override public Translatable reason() {
        return text("warns from %s %% of the rows, fails from %s %%: what is repeated is learned by heart "
                + "first, and counts as often as it stands there", 1, 20);
    }

    @Override public Judging on(CheckedData data) {
        return () -> {
            int rows = data.repeats().duplicates();
            List<Example> examples = data.repeats().duplicates(Examples.MOST).stream()
                    .map(each -> Example.of(each.row().place(), each.first().place(),
                    OptionalDouble.empty(), "")).toList();
            return Verdict.of(name(), Level.ofShare(rows, data.rows(), WARN, FAIL),
                    rows == 0 ? text("no row repeats another")
                    : text("%,d of %,d rows repeat another one word for word", rows, data.rows()),
                    Figures.share(rows, data.rows()).all()).withExamples(examples)
                    .mendedBy("data.mend.dedupe=exact");
        };
    }
}
