package io.weft.estimate;

import io.weft.data.ExampleGroup;
import io.weft.model.folder.ModelFolder;
import io.weft.objective.Objective;
import java.util.List;

/**
 * Seconds of a run on this machine as it is now.
 *
 * @param step       mean of an optimizer step  @param evaluation of all held-out rows, once
 * @param steps      of the run  @param evaluations of the run
 */
public record TimeEstimate(double step, double evaluation, int steps, int evaluations) {
    /** Of all steps and evaluations; loading and saving come on top. */
    public double run() { return steps * step + evaluations * evaluation; }

    /**
     * What a run does.
     *
     * @param tokens of a mean step  @param trained of these, targets  @param passes with a graph in a step
     * @param heldOut tokens of an evaluation  @param heldOutTrained of these, targets
     */
    public record Work(double tokens, double trained, double passes, double heldOut, double heldOutTrained,
            int steps, int evaluations) {}

    /** @param rows that a pass of the run might hold  @param memory of the same run */
    public static TimeEstimate of(ModelFolder base, Rehearsal.Way way, MemoryModel memory, Work work,
            List<ExampleGroup> rows) {
        Rehearsal cost = Rehearsal.of(base, way, rows);
        int trained = memory.blocks().size() - memory.lowest(), all = memory.blocks().size();
        Objective objective = way.objective();
        double token = trained * cost.blockToken() + memory.lowest() * cost.blockForward();
        token += objective.wantsReference() ? all * cost.blockForward() : 0;
        // a head that is asked before the gradient is known runs twice; forward is a third or so of both ways
        double target = cost.headTarget() * (objective.dependsOnLogProbabilities() ? 4 / 3.0 : 1);
        double step = work.tokens() * token + work.trained() * target + memory.trained() * cost.parameter()
                + work.passes() * cost.pass();
        double evaluation = work.heldOut() * all * cost.blockForward() + work.heldOutTrained() * cost.headTarget() / 2;
        return new TimeEstimate(step, evaluation * (objective.wantsReference() ? 2 : 1), work.steps(),
                work.evaluations());
    }
}
