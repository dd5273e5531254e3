package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** Grouped-query attention with rotary positions. What a token may see comes from the {@link Context}. */
public final class Attention implements Parameters {
    private final AttentionShape shape;
    private final Rope rope;
    private final Projection projection;
    private final Linear output;
    private final QueryKeyNorm norm;

    public Attention(AttentionShape shape, Rope rope, Projection projection, Linear output) {
        this(shape, rope, projection, output, null);
    }

    /** @param norm on queries and keys before the rotation, or null */
    public Attention(AttentionShape shape, Rope rope, Projection projection, Linear output, QueryKeyNorm norm) {
        this.shape = shape;
        this.rope = rope;
        this.projection = projection;
        this.output = output;
        this.norm = norm;
    }

    public AttentionShape shape() { return shape; }

    /** x [T, D] -> [T, D]. */
    Tensor forward(Tensor x, int layer, Context context) {
        long tokens = x.size(0);
        Projection.Heads heads = projection.forward(x, shape);
        Tensor q = heads.query().view(tokens, shape.heads(), shape.headDim());
        Tensor k = heads.key().view(tokens, shape.keyValueHeads(), shape.headDim());
        Tensor v = heads.value().view(tokens, shape.keyValueHeads(), shape.headDim());
        if (norm != null) {
            q = norm.query().forward(q);
            k = norm.key().forward(k);
        }
        Rope.Rotation rotation = context.rotation(rope);
        return output.forward(context.attend(layer, rotation.apply(q), rotation.apply(k), v, shape));
    }

    @Override public Stream<Tensor> parameters() {
        Stream<Tensor> linears = Stream.of(projection, output).flatMap(Parameters::parameters);
        return norm == null ? linears
                : Stream.concat(linears, Stream.of(norm.query(), norm.key()).flatMap(Parameters::parameters));
    }
}
