package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.function.Function;
import java.util.function.Predicate;

/** A look that counts the rows of both files in which something is found, by their share. */
final class RowShare implements Check.Judging {
    private final Predicate<CheckedRow> found;
    private final Function<Examples, Verdict> verdict;
    private final Examples examples = new Examples();

    RowShare(Predicate<CheckedRow> found, Function<Examples, Verdict> verdict) {
        this.found = found;
        this.verdict = verdict;
    }

    /** The verdict of a share. */
    static Verdict of(String kind, CheckedData data, Examples rows, double warn, double fail, Translatable said) {
        return Verdict.of(kind, Level.ofShare(rows.count(), data.rows(), warn, fail), said,
                Figures.share(rows.count(), data.rows()).all()).withExamples(rows.list());
    }

    @Override public void add(CheckedRow row) {
        if (found.test(row)) {
            examples.add(Example.ofText(row.sample().place(), row.sample().answers().isEmpty() ? ""
                    : row.sample().answers().get(0)));
        }
    }

    @Override public Verdict verdict() { return verdict.apply(examples); }
}
