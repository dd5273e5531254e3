package io.weft.nn.block;

import io.weft.nn.Norm;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * x + norm(attention(x)), then x + norm(feedForward(x)): the norms come after the sublayers and before their outputs
 * are added, as in OLMo 2 (OLMo team 2025, arXiv:2501.00656).
 */
public final class PostNormBlock implements AttentionBlock {
    private final Norm afterAttention, afterFeedForward;
    private final Sublayers sublayers;

    public PostNormBlock(Attention attention, Norm afterAttention, FeedForward feedForward, Norm afterFeedForward) {
        this.afterAttention = afterAttention;
        this.afterFeedForward = afterFeedForward;
        sublayers = new Sublayers(attention, feedForward);
    }

    @Override public Tensor forward(Tensor x, int layer, Pass pass) {
        Tensor between = x.add(afterAttention.forward(sublayers.attention(x, layer, pass), pass));
        return between.add(afterFeedForward.forward(sublayers.feedForward(between, pass), pass));
    }

    @Override public Attention attention() { return sublayers.attention(); }

    @Override public List<Sublayer> sublayers() { return sublayers.places(); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(sublayers, afterAttention, afterFeedForward).flatMap(Parameters::parameters);
    }
}
