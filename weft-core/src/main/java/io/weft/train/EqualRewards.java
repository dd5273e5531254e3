package io.weft.train;

import io.weft.objective.grpo.Measured;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunListener;
import java.util.List;

/** Tells when nothing is learned for many steps, since all answers to each prompt are worth the same. */
public final class EqualRewards implements RunListener {
    /** Steps in a row, after which it is told, and after as many again. */
    static final int MANY = 10;
    private final RunListener told;
    private int inARow;
    private double sum;

    /** @param before what the run told so far, when it is resumed  @param told hears of it */
    public EqualRewards(List<RunEvent> before, RunListener told) {
        this.told = told;
        for (RunEvent event : before) {
            if (event instanceof StepDone done) {
                count(done);
            }
        }
    }

    @Override public void on(RunEvent event) {
        if (event instanceof StepDone done && count(done)) {
            told.on(Warned.of(done.step(), "reward.equal", MANY, sum / inARow));
        }
    }

    /** Whether it is to be told now. */
    private boolean count(StepDone done) {
        if (done.metrics().getOrDefault(Measured.ALL_EQUAL, 0.0) < 1) {
            inARow = 0;
            sum = 0;
            return false;
        }
        inARow++;
        sum += done.metrics().getOrDefault("reward", 0.0);
        return inARow % MANY == 0;
    }
}
