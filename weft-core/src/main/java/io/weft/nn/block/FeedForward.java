package io.weft.nn.block;

import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.Tensor;

/** The sublayer of a block that treats each token alone. */
public interface FeedForward extends Parameters {
    /** x [T, D] -> [T, D]. */
    Tensor forward(Tensor x, Pass pass);
}
