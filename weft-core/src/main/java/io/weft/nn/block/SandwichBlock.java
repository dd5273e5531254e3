package io.weft.nn.block;

import io.weft.nn.Norm;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** Each sublayer between two norms, x + after(sublayer(before(x))), as in Gemma 2 and GLM-4. */
public final class SandwichBlock implements AttentionBlock {
    private final Norm beforeAttention, afterAttention, beforeFeedForward, afterFeedForward;
    private final Sublayers sublayers;

    public SandwichBlock(Norm beforeAttention, Attention attention, Norm afterAttention, Norm beforeFeedForward,
            FeedForward feedForward, Norm afterFeedForward) {
        this.beforeAttention = beforeAttention;
        this.afterAttention = afterAttention;
        this.beforeFeedForward = beforeFeedForward;
        this.afterFeedForward = afterFeedForward;
        sublayers = new Sublayers(attention, feedForward);
    }

    @Override public Tensor forward(Tensor x, int layer, Pass pass) {
        Tensor between = x.add(afterAttention.forward(
                sublayers.attention(beforeAttention.forward(x, pass), layer, pass), pass));
        return between.add(afterFeedForward.forward(
                sublayers.feedForward(beforeFeedForward.forward(between, pass), pass), pass));
    }

    @Override public Attention attention() { return sublayers.attention(); }

    @Override public List<Sublayer> sublayers() { return sublayers.places(); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(beforeAttention, afterAttention, beforeFeedForward, afterFeedForward, sublayers)
                .flatMap(Parameters::parameters);
    }
}
