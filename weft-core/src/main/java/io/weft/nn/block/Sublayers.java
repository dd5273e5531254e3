package io.weft.nn.block;

import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** The two sublayers of most blocks, each with the place where its output is added. */
final class Sublayers implements Parameters {
    private final Attention attention;
    private final FeedForward feedForward;
    private final Sublayer attended = new Sublayer(), fed = new Sublayer();

    Sublayers(Attention attention, FeedForward feedForward) {
        this.attention = attention;
        this.feedForward = feedForward;
    }

    /** x [T, D] -> [T, D]. */
    Tensor attention(Tensor x, int layer, Pass pass) {
        return attended.output(x, attention.forward(x, layer, pass), pass);
    }

    /** x [T, D] -> [T, D]. */
    Tensor feedForward(Tensor x, Pass pass) { return fed.output(x, feedForward.forward(x, pass), pass); }

    Attention attention() { return attention; }

    List<Sublayer> places() { return List.of(attended, fed); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(attention, attended, feedForward, fed).flatMap(Parameters::parameters);
    }
}
