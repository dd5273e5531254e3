package io.weft.nn.block;

import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** down(activation(up(x))), as in the first transformers (Vaswani et al. 2017, arXiv:1706.03762). */
public record Mlp(Activation activation, Linear up, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x, Pass pass) {
        return down.forward(activation.of(up.forward(x, pass)), pass);
    }

    @Override public Stream<Tensor> parameters() { return Stream.of(up, down).flatMap(Parameters::parameters); }
}
