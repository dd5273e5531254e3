package io.weft.data.mend;

/**
 * A step that looks at all rows of a file together, before any is held out: it drops rows or changes them by number.
 * Where held-out rows have a file of their own, each file is a pool.
 */
public interface PoolStep extends MendStep {
    /** @throws io.weft.problem.UserError when its settings do not fit the rows */
    void mend(Pool pool);
}
