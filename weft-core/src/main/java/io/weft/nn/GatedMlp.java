package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** down(silu(gate(x)) * up(x)) (Shazeer 2020, arXiv:2002.05202). */
public record GatedMlp(Linear gate, Linear up, Linear down) implements Part {
    /** x [T, D] -> [T, D]. */
    Tensor forward(Tensor x) { return down.forward(gate.forward(x).silu().mul(up.forward(x))); }

    @Override public Stream<Tensor> parameters() { return Stream.of(gate, up, down).flatMap(Part::parameters); }
}
