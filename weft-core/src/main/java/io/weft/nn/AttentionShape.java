package io.weft.nn;

import io.weft.nn.LogitTransform.SoftCap;

/**
 * The sizes of an attention layer, and what becomes of its scores.
 *
 * @param width         of the hidden states
 * @param heads         query heads
 * @param keyValueHeads heads of keys and values; each serves heads / keyValueHeads queries (Ainslie et al. 2023,
 *     arXiv:2305.13245)
 * @param headDim       width of one head
 * @param window        a query sees the last {@code window} keys, itself included; 0 for all
 * @param scale         factor of the scores
 * @param softCap       of the scaled scores, or null
 */
public record AttentionShape(int width, int heads, int keyValueHeads, int headDim, int window, double scale,
        SoftCap softCap) {
    /** With scores times 1 / sqrt(headDim), as they are. */
    public AttentionShape(int width, int heads, int keyValueHeads, int headDim, int window) {
        this(width, heads, keyValueHeads, headDim, window, 1 / Math.sqrt(headDim), null);
    }

    /** The same, seeing the last {@code window} keys. */
    public AttentionShape within(int window) {
        return new AttentionShape(width, heads, keyValueHeads, headDim, window, scale, softCap);
    }

    /** The same with other scores. @param softCap or null */
    public AttentionShape scored(double scale, SoftCap softCap) {
        return new AttentionShape(width, heads, keyValueHeads, headDim, window, scale, softCap);
    }

    /** Width of all queries side by side. */
    public int query() { return heads * headDim; }

    /** Width of all keys (or values) side by side. */
    public int keyValue() { return keyValueHeads * headDim; }
}
