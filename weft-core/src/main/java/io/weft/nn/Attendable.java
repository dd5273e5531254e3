package io.weft.nn;

import io.weft.tensor.Tensor;

/** What the tokens of a pass may attend to: whole documents, or new tokens and a cache of those before them. */
interface Attendable {
    /**
     * Softmax attention of each token over itself and what it may see of its past.
     *
     * @param layer index of the block, for a cache
     * @param q [T, H, D]
     * @param k [T, G, D]
     * @param v [T, G, D]
     * @param prefixes by document, each with what every token of the document sees, too; null where it has none
     * @return [T, H * D]
     */
    Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape, KeyValuePrefix[] prefixes);
}
