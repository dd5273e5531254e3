package io.weft.data.mend;

import io.weft.problem.Problems;
import io.weft.settings.Configurable;
import java.util.Set;

/**
 * One way of mending rows, off unless {@code data.mend} of a recipe names it. The user's file is never changed: what a
 * step changes, drops or adds stands in {@code data/mended.jsonl} with what was there before. A step is one of {@link
 * RowStep}, {@link PoolStep} and {@link TrainingStep}, and steps of a kind run in the order of their table. From
 * the same rows, settings and seed it makes the same rows.
 */
public interface MendStep extends Configurable {
    /** Adds what is wrong with its settings together; the bounds of each are checked already. */
    default void check(Problems problems) {}

    /**
     * What it asks rows to be grouped by, see {@link RowGroups}: "prompt", "label", or a field of the user's rows,
     * which
     * the row format need not know.
     */
    default Set<String> groupedBy() { return Set.of(); }
}
