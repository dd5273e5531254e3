package io.weft.nn;

/**
 * The sizes of an attention layer.
 *
 * @param width         of the hidden states
 * @param heads         query heads
 * @param keyValueHeads heads of keys and values; each serves heads / keyValueHeads queries (Ainslie et al. 2023, arXiv:2305.13245)
 * @param headDim       width of one head
 * @param window        a query sees the last {@code window} keys, itself included; 0 for all
 */
public record AttentionShape(int width, int heads, int keyValueHeads, int headDim, int window) {
    /** Width of all queries side by side. */
    public int query() { return heads * headDim; }

    /** Width of all keys (or values) side by side. */
    public int keyValue() { return keyValueHeads * headDim; }

    /** Factor of the scores, 1 / sqrt(headDim). */
    public double scale() { return 1 / Math.sqrt(headDim); }
}
