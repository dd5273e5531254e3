package io.weft.nn;

import io.weft.tensor.Tensor;

/**
 * The last linear of a model, and what it says.
 *
 * @param linear    [V, D] for tokens, where a tied one holds the embedding's weight itself; [labels, D] for rows
 * @param transform of its logits, or null
 */
public record Head(Linear linear, LogitTransform transform, Readout readout) {
    /** Hidden states after the norm [N, D] -> logits [N, V]. @param rows those N, see {@link Pass#ofTokens} */
    public Tensor logits(Tensor normed, Pass rows) {
        Tensor logits = linear.forward(normed, rows);
        return transform == null ? logits : transform.of(logits);
    }
}
