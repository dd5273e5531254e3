package io.weft.tune;

import io.weft.nn.CausalLm;

/** A way of tuning a model: its settings are the record's components, and {@link #attach} puts its parameters into the model. */
public interface Tuning {
    /** Adds this method's parameters to the model and marks them, and only them, as trained. @param seed of their initial values */
    void attach(CausalLm model, long seed);
}
