package io.weft.nn;

import io.weft.tensor.Tensor;

/** Normalises each token's hidden state. */
public interface Norm extends Parameters {
    /** x [.., D] -> [.., D]. */
    Tensor forward(Tensor x);
}
