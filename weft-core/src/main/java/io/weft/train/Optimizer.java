package io.weft.train;

import io.weft.tensor.Tensor;
import java.util.Map;

/**
 * Changes trained parameters by the gradients that they have gathered. What it remembers from step to step are tensors
 * by name, so a checkpoint keeps any optimizer's. Belongs to the thread of its parameters.
 */
public interface Optimizer {
    /**
     * One step with the gradients gathered so far, which are cleared.
     *
     * @param gradientScale what the gathered sums are multiplied with, e.g. 1 / trained tokens
     * @param clipNorm      largest norm of all gradients together; 0 for no clipping
     * @return the norm before clipping; when it is not finite, nothing was changed but the cleared gradients
     */
    double step(double learningRate, double gradientScale, double clipNorm);

    /** Forgets the gradients gathered so far. */
    void clearGradients();

    /** Steps taken, for {@link #restore}. */
    int steps();

    /** What the next step depends on but parameters, gradients and {@link #steps}; the tensors themselves. */
    Map<String, Tensor> state();

    /** Goes on from a state that {@link #state} gave. @throws IllegalArgumentException when a tensor is missing */
    void restore(Map<String, Tensor> saved, int stepsTaken);
}
