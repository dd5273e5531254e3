package io.weft.nn.block;

import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** down(activation(gate(x)) * up(x)) (Shazeer 2020, arXiv:2002.05202). */
public record GatedMlp(Activation activation, Linear gate, Linear up, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x, Pass pass) {
        return down.forward(activation.of(gate.forward(x, pass)).mul(up.forward(x, pass)), pass);
    }

    @Override public Stream<Tensor> parameters() { return Stream.of(gate, up, down).flatMap(Parameters::parameters); }
}
