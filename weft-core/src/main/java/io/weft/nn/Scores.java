package io.weft.nn;

import io.weft.tensor.Tensor;

/** Softmax attention over keys that are laid out ready, and the masks that it takes. */
final class Scores {
    private Scores() {}

    /** Rows start .. start + length of x [T, H, D] as one batch of heads [1, H, length, D]. */
    static Tensor heads(Tensor x, long start, long length) { return heads(x.narrow(0, start, length)); }

    /** x [T, H, D] as one batch of heads [1, H, T, D]. */
    static Tensor heads(Tensor x) { return x.transpose(0, 1).unsqueeze(0); }

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
        Tensor seen = causal ? capped.add(mask(0, 0, (int) queries, 0)) : mask == null ? capped : capped.add(mask);
        return seen.softmax().to(v.type()).view(batch, groups, heads / groups * queries, keys).matmul(v)
                .view(batch, heads, queries, v.size(3));
    }

    /**
     * Scores to add: 0 where query i, which stands at past + i, sees key j, else minus infinity. [queries, prefix +
     * past + queries].
     *
     * @param prefix keys before all others, of a {@link KeyValuePrefix}  @param window see {@link AttentionShape}
     */
    static Tensor mask(int prefix, int past, int queries, int window) {
        int keys = prefix + past + queries;
        float[] mask = new float[queries * keys];
        for (int i = 0; i < queries; i++) {
            int place = prefix + past + i;
            for (int j = 0; j < keys; j++) {
                boolean seen = j <= place && (window == 0 || place - j < window);
                mask[i * keys + j] = seen ? 0 : Float.NEGATIVE_INFINITY;
            }
        }
        return Tensor.of(mask, queries, keys);
    }
}
