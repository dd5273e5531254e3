package io.weft.data.mend;

/** A step on the rows to train on alone, after others were held out: it adds rows, repeats or drops them. */
public interface TrainingStep extends MendStep {
    /** @throws io.weft.problem.UserError when its settings do not fit the rows */
    void mend(TrainingRows rows);
}
