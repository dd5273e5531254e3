package io.weft.nn.block;

import io.weft.nn.Norm;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * x + attention(norm(x)) + feedForward(norm(x)): both sublayers see the same hidden states, as in GPT-J (Wang and
 * Komatsuzaki 2021), Phi-2 and Cohere.
 */
public final class ParallelBlock implements AttentionBlock {
    private final Norm beforeAttention, beforeFeedForward;
    private final Sublayers sublayers;

    /** With one norm for both. */
    public ParallelBlock(Norm before, Attention attention, FeedForward feedForward) {
        this(before, attention, before, feedForward);
    }

    public ParallelBlock(Norm beforeAttention, Attention attention, Norm beforeFeedForward, FeedForward feedForward) {
        this.beforeAttention = beforeAttention;
        this.beforeFeedForward = beforeFeedForward;
        sublayers = new Sublayers(attention, feedForward);
    }

    @Override public Tensor forward(Tensor x, int layer, Pass pass) {
        Tensor normed = beforeAttention.forward(x, pass);
        Tensor other = beforeFeedForward == beforeAttention ? normed : beforeFeedForward.forward(x, pass);
        return x.add(sublayers.attention(normed, layer, pass)).add(sublayers.feedForward(other, pass));
    }

    @Override public Attention attention() { return sublayers.attention(); }

    @Override public List<Sublayer> sublayers() { return sublayers.places(); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(beforeAttention, beforeFeedForward, sublayers).flatMap(Parameters::parameters);
    }
}
