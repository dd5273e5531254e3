package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** down(activation(up(x))), as in the first transformers (Vaswani et al. 2017, arXiv:1706.03762). */
public record Mlp(Activation activation, Linear up, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x) { return down.forward(activation.of(up.forward(x))); }

    @Override public Stream<Tensor> parameters() { return Stream.of(up, down).flatMap(Parameters::parameters); }
}
