package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Weight;
import io.weft.settings.Section;
import io.weft.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

import static io.weft.problem.Translatable.text;

/** Full fine-tuning: every weight of the model is trained. */
public record Full() implements Tuning {
    private static final Section<Full> SECTION = Section.of("full", new Full(), text("every weight is trained"));
    private static final String FILE = "model.safetensors";

    @Override public Section<Full> section() { return SECTION; }

    @Override public void attach(CausalLm model, long seed) {
        model.weights().forEach((name, weight) -> train(model, name, weight));
    }

    /** @throws IllegalStateException when it is kept in a form that cannot be trained */
    static void train(CausalLm model, String name, Weight weight) {
        if (!weight.isTrainable()) {
            throw new IllegalStateException(name + " is kept in a form that cannot be trained");
        }
        model.addTuned(name, weight.stored());
    }

    @Override public void write(CausalLm model, Path folder, String base) {
        TunedFile.write(folder.resolve(FILE), model.tuned(), UnaryOperator.identity());
    }

    @Override public void read(CausalLm model, Path folder) {
        TunedFile.read(new StoredTensors.Plain(TensorFiles.open(folder.resolve(FILE))), model.tuned());
    }

    /**
     * As Alpaca's authors tuned Llama 7B (Taori et al. 2023); pretrained weights need smaller steps than fresh ones.
     */
    @Override public double learningRate() { return 2e-5; }

    @Override public boolean isAdapter() { return false; }
}
