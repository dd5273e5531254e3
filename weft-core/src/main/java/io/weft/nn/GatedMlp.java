package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** down(activation(gate(x)) * up(x)) (Shazeer 2020, arXiv:2002.05202). */
public record GatedMlp(Activation activation, Linear gate, Linear up, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x) {
        return down.forward(activation.of(gate.forward(x)).mul(up.forward(x)));
    }

    @Override public Stream<Tensor> parameters() { return Stream.of(gate, up, down).flatMap(Parameters::parameters); }
}
