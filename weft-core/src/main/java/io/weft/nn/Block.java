package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Pre-norm residual block: x + attention(norm(x)), then x + feedForward(norm(x)); a sandwich norms each sublayer's
 * output, too.
 */
public final class Block implements Parameters {
    private final Attention attention;
    private final FeedForward feedForward;
    private final Norm beforeAttention, afterAttention, beforeFeedForward, afterFeedForward;

    private Block(Norm beforeAttention, Attention attention, Norm afterAttention, Norm beforeFeedForward,
            FeedForward feedForward, Norm afterFeedForward) {
        this.beforeAttention = beforeAttention;
        this.attention = attention;
        this.afterAttention = afterAttention;
        this.beforeFeedForward = beforeFeedForward;
        this.feedForward = feedForward;
        this.afterFeedForward = afterFeedForward;
    }

    public static Block preNorm(Norm beforeAttention, Attention attention, Norm beforeFeedForward,
            FeedForward feedForward) {
        return new Block(beforeAttention, attention, null, beforeFeedForward, feedForward, null);
    }

    /** Each sublayer between two norms: x + after(sublayer(before(x))). */
    public static Block sandwich(Norm beforeAttention, Attention attention, Norm afterAttention, Norm beforeFeedForward,
            FeedForward feedForward, Norm afterFeedForward) {
        return new Block(beforeAttention, attention, afterAttention, beforeFeedForward, feedForward, afterFeedForward);
    }

    public Attention attention() { return attention; }

    /** x [T, D] -> [T, D]. @param layer index of this block */
    public Tensor forward(Tensor x, int layer, Context context) {
        Tensor between = x.add(normed(afterAttention, attention.forward(beforeAttention.forward(x), layer, context)));
        return between.add(normed(afterFeedForward, feedForward.forward(beforeFeedForward.forward(between))));
    }

    private static Tensor normed(Norm norm, Tensor x) { return norm == null ? x : norm.forward(x); }

    /** True when some parameter in it is trained. */
    public boolean isTrained() { return parameters().anyMatch(Tensor::isTrainable); }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(beforeAttention, attention, afterAttention, beforeFeedForward, feedForward, afterFeedForward)
                .filter(Objects::nonNull).flatMap(Parameters::parameters);
    }
}
