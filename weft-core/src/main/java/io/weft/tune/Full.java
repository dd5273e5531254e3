package io.weft.tune;

import io.weft.nn.CausalLm;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Full fine-tuning: every weight of the model is trained, in fp32. */
public record Full() implements Tuning {
    private static final String FILE = "model.safetensors";

    @Override public void attach(CausalLm model, long seed) { model.weights().forEach(model::addTuned); }

    @Override public void write(CausalLm model, Path folder, String base) {
        TunedFile.write(folder.resolve(FILE), model.tuned(), UnaryOperator.identity());
    }

    @Override public void read(CausalLm model, Path folder) {
        TunedFile.read(folder.resolve(FILE), model.tuned(), UnaryOperator.identity());
    }

    @Override public boolean isAdapter() { return false; }
}
