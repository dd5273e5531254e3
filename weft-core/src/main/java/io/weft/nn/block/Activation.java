package io.weft.nn.block;

import io.weft.tensor.Tensor;
import java.util.function.UnaryOperator;

/** The element-wise functions of feed-forward layers. */
public enum Activation {
    /** x * sigmoid(x) (Elfwing et al. 2017, arXiv:1702.03118). */
    SILU(Tensor::silu),
    /** gelu_pytorch_tanh, and gelu_new, which is the same function. */
    GELU_TANH(Tensor::geluTanh),
    GELU(Tensor::gelu),
    RELU(Tensor::relu);

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) { this.function = function; }

    /** x [..] -> [..]. */
    public Tensor of(Tensor x) { return function.apply(x); }
}
