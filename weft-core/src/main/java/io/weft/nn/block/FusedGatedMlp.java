package io.weft.nn.block;

import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * A {@link GatedMlp} whose gate and up projections are one linear, the gate's outputs first: it stays one, so that its
 * LoRA is PEFT's.
 */
public record FusedGatedMlp(Activation activation, Linear gateAndUp, Linear down) implements FeedForward {
    @Override public Tensor forward(Tensor x, Pass pass) {
        Tensor both = gateAndUp.forward(x, pass);
        long inner = both.size(1) / 2;
        return down.forward(activation.of(both.narrow(1, 0, inner)).mul(both.narrow(1, inner, inner)), pass);
    }

    @Override public Stream<Tensor> parameters() { return Stream.of(gateAndUp, down).flatMap(Parameters::parameters); }
}
