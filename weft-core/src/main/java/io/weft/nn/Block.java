package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** Pre-norm residual block: x + attention(norm(x)), then x + mlp(norm(x)). */
public final class Block implements Part {
    private final RmsNorm beforeAttention, beforeMlp;
    private final Attention attention;
    private final GatedMlp mlp;

    private Block(RmsNorm beforeAttention, Attention attention, RmsNorm beforeMlp, GatedMlp mlp) {
        this.beforeAttention = beforeAttention;
        this.attention = attention;
        this.beforeMlp = beforeMlp;
        this.mlp = mlp;
    }

    public static Block preNorm(RmsNorm beforeAttention, Attention attention, RmsNorm beforeMlp, GatedMlp mlp) { return new Block(beforeAttention, attention, beforeMlp, mlp); }

    public Attention attention() { return attention; }

    /** x [T, D] -> [T, D]. @param layer index of this block */
    public Tensor forward(Tensor x, int layer, Context context) {
        Tensor between = x.add(attention.forward(beforeAttention.forward(x), layer, context));
        return between.add(mlp.forward(beforeMlp.forward(between)));
    }

    /** True when some parameter in it is trained. */
    public boolean isTrained() { return parameters().anyMatch(Tensor::isTrainable); }

    @Override public Stream<Tensor> parameters() { return Stream.of(beforeAttention, attention, beforeMlp, mlp).flatMap(Part::parameters); }
}
