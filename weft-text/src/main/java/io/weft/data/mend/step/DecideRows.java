package io.weft.data.mend.step;

import io.weft.data.mend.Pool;
import io.weft.data.mend.PoolStep;
import io.weft.data.review.Decisions;
import io.weft.data.review.Decisions.Carried;
import io.weft.data.review.Verdict;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * Carries out what a person decided on rows that contradict each other.
 *
 * @param file the review with its column {@code decision} filled in, CSV or JSONL
 */
public record DecideRows(String file) implements PoolStep {
    private static final Setting FILE = Setting.of("file", new File(text("a file of decisions")),
            text("review.csv or review.jsonl of a prepared folder, with the column decision filled in: keep, drop, or "
            + "change with the right answer in the column corrected")).required("decisions.csv");
    private static final Section<DecideRows> SECTION = Section.of("decisions", new DecideRows(),
            text("keep, drop or change rows as a person decided"), FILE);

    public DecideRows() { this(""); }

    @Override public Section<DecideRows> section() { return SECTION; }

    @Override public Optional<Setting> usual() { return Optional.of(FILE); }

    @Override public void mend(Pool pool) {
        Decisions decisions = Decisions.read(Path.of(file), pool.otherFiles());
        BitSet done = new BitSet();
        for (int row = 0; row < pool.count(); row++) {
            if (pool.holds(row) && carry(decisions.here(pool.sample(row)), pool, row)) {
                done.set(row);
            }
        }
        for (int row = 0; row < pool.count() && decisions.areLeft(); row++) {
            if (pool.holds(row) && !done.get(row)) {
                carry(decisions.elsewhere(pool.sample(row)), pool, row);
            }
        }
        decisions.requireAllCarried();
    }

    private static boolean carry(Optional<Carried> carried, Pool pool, int row) {
        carried.ifPresent(decided -> {
            if (decided.verdict() == Verdict.KEEP) {
                pool.settle(row);
            } else if (decided.after().isEmpty()) {
                pool.drop(row, "dropped");
            } else {
                pool.change(row, decided.after().get(), "corrected");
            }
        });
        return carried.isPresent();
    }
}
