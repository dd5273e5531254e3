package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * A {@link GatedMlp} whose gate and up projections are one linear, the gate's outputs first: it stays one, so that its
 * LoRA is PEFT's.
 */
public record FusedGatedMlp(Activation activation, Linear gateAndUp, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x) {
        Tensor both = gateAndUp.forward(x);
        long inner = both.size(1) / 2;
        return down.forward(activation.of(both.narrow(1, 0, inner)).mul(both.narrow(1, inner, inner)));
    }

    @Override public Stream<Tensor> parameters() { return Stream.of(gateAndUp, down).flatMap(Parameters::parameters); }
}
