package io.weft.tune;

import io.weft.nn.CausalLm;

/** Full fine-tuning: every weight of the model is trained, in fp32. */
public record Full() implements Tuning {
    @Override public void attach(CausalLm model, long seed) { model.weights().forEach(model::addTuned); }
}
