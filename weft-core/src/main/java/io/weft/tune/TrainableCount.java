package io.weft.tune;

import io.weft.nn.CausalLm;
import java.util.Locale;

/** How much of a model is trained. @param all weights of base and adapter together */
public record TrainableCount(long trained, long all) {
    public static TrainableCount of(CausalLm model, Tuning tuning) {
        return new TrainableCount(model.trainedCount(), model.weightCount() + (tuning.isAdapter()
                ? model.tuned().entrySet().stream().filter(trained -> !isOfTheBase(model, trained.getKey()))
                .mapToLong(trained -> trained.getValue().elements()).sum() : 0));
    }

    /** PEFT trains biases where they are, and copies of whole modules. */
    private static boolean isOfTheBase(CausalLm model, String name) {
        String bias = ".bias";
        return name.endsWith(".base_layer" + bias) || name.endsWith(bias) && model.weights().containsKey(name)
                && !model.tuned().containsKey(name.substring(0, name.length() - bias.length()) + ".weight");
    }

    /** The line that PEFT's {@code print_trainable_parameters} prints. */
    @Override public String toString() {
        return String.format(Locale.ROOT, "trainable params: %,d || all params: %,d || trainable%%: %.4f", trained, all,
                100.0 * trained / all);
    }
}
