package io.weft.objective;

import io.weft.nn.CausalLm;
import io.weft.settings.Word;
import io.weft.tensor.Engine;

/**
 * Whether a block's activations are kept from the forward pass for the backward pass, or computed once more there (Chen
 * et al. 2016, arXiv:1604.06174); {@code train.recompute} in a recipe. The gradients are the same.
 */
public enum Recompute implements Word {
    /**
     * Where that saves: always for weights that are upcast where they are used, since a graph would keep every
     * copy; else when the activations would not fit.
     */
    AUTO, ALWAYS, NEVER;

    /** Share of the machine's memory that weights and kept activations together may take. */
    private static final double MOST = 0.6;

    /**
     * What this comes to on this machine: itself, or one of the other two.
     *
     * @param upcast whether weights are upcast where they are used
     * @param tokens of the largest micro-batch
     */
    public Recompute resolved(boolean upcast, CausalLm model, long tokens) {
        boolean crowded = 4 * model.weightCount() + model.keptBytes() * tokens > MOST * Engine.memory();
        return this != AUTO ? this : upcast || crowded ? ALWAYS : NEVER;
    }

    boolean applies(CausalLm model, int tokens) { return resolved(model.isUpcast(), model, tokens) == ALWAYS; }
}
