package io.weft.train;

import io.weft.tensor.Tensor;
import java.util.Map;

/**
 * Learning rates that rise exponentially from step to step (Smith 2017, Cyclical learning rates, arXiv:1506.01186).
 *
 * @param from the first  @param to the last  @param steps how many
 */
public record RateSweep(double from, double to, int steps) {
    /** @param step counted from 0 */
    public double at(int step) { return from * Math.pow(to / from, (double) step / Math.max(1, steps - 1)); }

    /** An optimizer that takes its steps at these rates, whatever it is told. */
    public Optimizer over(Optimizer optimizer) {
        return new Optimizer() {
            @Override public double step(double learningRate, double gradientScale, double clipNorm) {
                return optimizer.step(at(optimizer.steps()), gradientScale, clipNorm);
            }

            @Override public void clearGradients() { optimizer.clearGradients(); }

            @Override public int steps() { return optimizer.steps(); }

            @Override public Map<String, Tensor> state() { return optimizer.state(); }

            @Override public void restore(Map<String, Tensor> saved, int stepsTaken) {
                optimizer.restore(saved, stepsTaken);
            }
        };
    }
}
