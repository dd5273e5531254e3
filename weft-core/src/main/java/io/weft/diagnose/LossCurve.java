package io.weft.diagnose;

import io.weft.run.RunEvent.StepDone;
import java.util.List;

/** The training losses of a run, those that are no number left out. Means weigh each step by what it learned from. */
public final class LossCurve {
    /** Of a run that is compared with its beginning; fewer than three steps tell nothing of their spread. */
    private static final double PART = 0.2;
    private static final int FEWEST = 3;
    private final List<StepDone> steps;

    LossCurve(List<StepDone> all) {
        steps = all.stream().filter(step -> Double.isFinite(step.loss()) && step.trainedTokens() > 0).toList();
    }

    public int size() { return steps.size(); }

    public List<StepDone> steps() { return steps; }

    /** @param error standard error of the difference */
    public record Change(double before, double after, double error) {
        /** As a share of what it was before; above 0 where it fell. */
        public double fall() { return (before - after) / Math.abs(before); }

        /** Whether it fell by more than chance explains. */
        public boolean isSure() { return before - after > 2 * error; }
    }

    /** From the first fifth to the last. */
    public Change change() {
        int part = part(steps.size());
        return change(0, part, steps.size() - part, steps.size());
    }

    /** From the steps around one to the last. */
    public Change changeAfter(int step) {
        int at = (int) steps.stream().filter(one -> one.step() <= step).count(), part = part(steps.size());
        int to = Math.min(steps.size(), Math.max(part, at + part / 2)), from = Math.max(0, to - part);
        return change(from, to, steps.size() - part, steps.size());
    }

    private static int part(int size) { return Math.min(size, Math.max(FEWEST, (int) (PART * size))); }

    private Change change(int from, int to, int lastFrom, int lastTo) {
        return new Change(mean(from, to), mean(lastFrom, lastTo),
                Math.hypot(error(from, to), error(lastFrom, lastTo)));
    }

    private double mean(int from, int to) {
        double total = 0, count = 0;
        for (StepDone step : steps.subList(from, to)) {
            total += step.loss() * step.trainedTokens();
            count += step.trainedTokens();
        }
        return total / count;
    }

    private double error(int from, int to) {
        double mean = mean(from, to), squares = 0, count = 0;
        int n = to - from;
        for (StepDone step : steps.subList(from, to)) {
            double residual = (step.loss() - mean) * step.trainedTokens();
            squares += residual * residual;
            count += step.trainedTokens();
        }
        return n < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(squares * n / (n - 1)) / count;
    }
}
