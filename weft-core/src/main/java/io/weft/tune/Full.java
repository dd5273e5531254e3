package io.weft.tune;

import io.weft.nn.CausalLm;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Full fine-tuning: every weight of the model is trained. */
public record Full() implements Tuning {
    private static final String FILE = "model.safetensors";

    @Override public void attach(CausalLm model, long seed) {
        model.weights().forEach((name, weight) -> {
            if (!weight.isTrainable()) {
                throw new IllegalStateException(name + " is kept in a form that cannot be trained");
            }
            model.addTuned(name, weight.stored());
        });
    }

    @Override public void write(CausalLm model, Path folder, String base) {
        TunedFile.write(folder.resolve(FILE), model.tuned(), UnaryOperator.identity());
    }

    @Override public void read(CausalLm model, Path folder) {
        TunedFile.read(folder.resolve(FILE), model.tuned(), UnaryOperator.identity());
    }

    @Override public boolean isAdapter() { return false; }
}
