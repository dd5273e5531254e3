package io.weft.objective;

import io.weft.nn.CausalLm;
import io.weft.tensor.Engine;

/**
 * Whether a block's activations are kept from the forward pass for the backward pass, or computed once more there (Chen
 * et al. 2016, arXiv:1604.06174). The gradients are the same.
 */
public enum Recompute {
    ALWAYS, NEVER,
    /**
     * Where that saves: always for weights that are upcast where they are used, since a graph would keep every
     * copy; else when the activations would not fit.
     */
    AUTO;

    /** Share of the machine's memory that weights and kept activations together may take. */
    private static final double MOST = 0.6;

    /** @param word "auto", "always" or "never" */
    public static Recompute of(String word) { return valueOf(word.toUpperCase(java.util.Locale.ROOT)); }

    boolean applies(CausalLm model, int tokens) {
        return this == ALWAYS || this == AUTO
                && (model.isUpcast() || 4 * model.weightCount() + model.keptBytes() * tokens > MOST * Engine.memory());
    }
}
