package io.weft.nn;

import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Where the tokens of one pass stand and what they may attend to: whole {@link Documents} end to end, or the next
 * tokens of rows whose past is in a {@link KeyValueCache}. Lives for one pass, within the scope that made it.
 */
public abstract class Context {
    private final Map<Rope, Rope.Rotation> rotations = new IdentityHashMap<>();
    private final int[] positions;
    /** For what is made once in some layer and used by the layers after it. */
    final Scope.Owner owner = Scope.owner();

    /** @param positions [T] of each token in its own document */
    Context(int[] positions) { this.positions = positions; }

    /** [T] of each token in its own document. */
    final int[] positions() { return positions; }

    /** The rotation of this pass's tokens, made once for all layers. */
    final Rope.Rotation rotation(Rope rope) { return rotations.computeIfAbsent(rope, r -> r.at(positions, owner)); }

    /**
     * Softmax attention of each token over itself and what it may see of its past.
     *
     * @param layer index of the block, for a cache
     * @param q [T, H, D]
     * @param k [T, G, D]
     * @param v [T, G, D]  -> [T, H * D]
     */
    abstract Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape);

    /** Rows start .. start + length of x [T, H, D] as one batch of heads [1, H, length, D]. */
    static Tensor heads(Tensor x, long start, long length) {
        return x.narrow(0, start, length).transpose(0, 1).unsqueeze(0);
    }

    /** The inverse of {@link #heads}: [1, H, t, D] -> [t, H, D]. */
    static Tensor tokens(Tensor heads) { return heads.squeeze(0).transpose(0, 1); }

    /**
     * Softmax attention as a layer wants it. q [B, H, T, D], k and v [B, G, S, D] -> [B, H, T, D].
     *
     * @param mask [.., T, S], or null: causal, or everything when T is 1
     */
    static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, AttentionShape shape) {
        boolean causal = mask == null && q.size(2) > 1;
        if (shape.softCap() == null) {
            return Tensor.attention(q, k, v, mask, causal, shape.scale());
        }
        long batch = q.size(0), heads = q.size(1), queries = q.size(2), groups = k.size(1), keys = k.size(2);
        // No fused kernel caps scores. The queries that share a key head lie side by side as more rows of one product.
        Tensor scores = q.mul(shape.scale()).view(batch, groups, heads / groups * queries, q.size(3))
                .matmul(k.transpose(2, 3));
        Tensor capped = shape.softCap().of(scores).view(batch, heads, queries, keys);
        Tensor seen = causal ? capped.add(mask(0, (int) queries, 0)) : mask == null ? capped : capped.add(mask);
        return seen.softmax().view(batch, groups, heads / groups * queries, keys).matmul(v)
                .view(batch, heads, queries, v.size(3));
    }

    /**
     * Scores to add: 0 where query i, which stands at past + i, sees key j, else minus infinity. [queries, past +
     * queries].
     * @param window see {@link AttentionShape}
     */
    static Tensor mask(int past, int queries, int window) {
        int keys = past + queries;
        float[] mask = new float[queries * keys];
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < keys; j++) {
                boolean seen = j <= past + i && (window == 0 || past + i - j < window);
                mask[i * keys + j] = seen ? 0 : Float.NEGATIVE_INFINITY;
            }
        }
        return Tensor.of(mask, queries, keys);
    }
}
