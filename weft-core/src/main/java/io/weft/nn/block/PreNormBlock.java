package io.weft.nn.block;

import io.weft.nn.Norm;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** x + attention(norm(x)), then x + feedForward(norm(x)), as in Llama and most others. */
public final class PreNormBlock implements AttentionBlock {
    private final Norm beforeAttention, beforeFeedForward;
    private final Sublayers sublayers;
    private final double factor;

    public PreNormBlock(Norm beforeAttention, Attention attention, Norm beforeFeedForward, FeedForward feedForward) {
        this(beforeAttention, attention, beforeFeedForward, feedForward, 1);
    }

    /** @param factor of each sublayer's output as it is added, as in Granite */
    public PreNormBlock(Norm beforeAttention, Attention attention, Norm beforeFeedForward, FeedForward feedForward,
            double factor) {
        this.beforeAttention = beforeAttention;
        this.beforeFeedForward = beforeFeedForward;
        sublayers = new Sublayers(attention, feedForward);
        this.factor = factor;
    }

    @Override public Tensor forward(Tensor x, int layer, Pass pass) {
        Tensor between = sum(x, sublayers.attention(beforeAttention.forward(x, pass), layer, pass));
        return sum(between, sublayers.feedForward(beforeFeedForward.forward(between, pass), pass));
    }

    private Tensor sum(Tensor x, Tensor y) { return x.add(factor == 1 ? y : y.mul(factor)); }

    @Override public Attention attention() { return sublayers.attention(); }

    @Override public List<Sublayer> sublayers() { return sublayers.places(); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(beforeAttention, beforeFeedForward, sublayers).flatMap(Parameters::parameters);
    }
}
