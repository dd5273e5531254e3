package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.List;

/**
 * Something trained that feeds many blocks or the embedding and not one linear: a prefix, the network that makes one, a
 * prompt encoder, a vision tower. Attached to a {@link CausalLm} it is computed once a pass, and gives the pass what it
 * made.
 */
public interface PassFeed extends Parameters {
    /** What it makes for one pass, from its own parameters. */
    List<Tensor> compute(Pass pass);

    /**
     * The pass with what was made, in the order of {@link #compute}: as a prefix, or inserted.
     *
     * @param documents those that chose this adapter
     */
    Pass feed(Pass pass, List<Tensor> made, int[] documents);

    /** Tokens that are to stand before those of each document for what it inserts; their ids say nothing. */
    default int placeholders() { return 0; }

    /** Positions before a document's own tokens, which the model's context has no more: those of placeholders too. */
    default int positions() { return placeholders(); }
}
