package io.weft.nn;

import io.weft.tensor.Tensor;

/** The sublayer of a {@link Block} that treats each token alone. */
public interface FeedForward extends Parameters {
    /** x [T, D] -> [T, D]. */
    Tensor forward(Tensor x);
}
