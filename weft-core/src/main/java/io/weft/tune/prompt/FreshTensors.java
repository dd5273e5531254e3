package io.weft.tune.prompt;

import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Initial values of a {@link PromptNetwork}, distributed as PyTorch's, from a seed. Kept in the scope of the caller.
 */
public final class FreshTensors {
    private final long stream, seed;
    private final Map<String, Tensor> made = new LinkedHashMap<>();

    /** @param stream of the method, so that no two draw the same */
    public FreshTensors(long stream, long seed) {
        this.stream = stream;
        this.seed = seed;
    }

    /** By name, in the order in which they were asked for. */
    public Map<String, Tensor> made() { return made; }

    /** {@link PromptNetwork#TABLE} [rows, width], normal with deviation 1 as {@code Embedding}'s. */
    public FreshTensors table(long rows, long width) {
        return put(PromptNetwork.TABLE, () -> next().normal(1, rows, width));
    }

    /** One of these values [rows, width]. */
    public FreshTensors table(Supplier<Tensor> values) { return put(PromptNetwork.TABLE, values); }

    /** {@code Linear}'s: weight [outputs, inputs] and bias uniform within 1 / sqrt(inputs). */
    public FreshTensors linear(String name, long outputs, long inputs) {
        double bound = 1 / Math.sqrt(inputs);
        put(name + ".weight", () -> next().uniform(-bound, bound, outputs, inputs));
        return put(name + ".bias", () -> next().uniform(-bound, bound, outputs));
    }

    /** {@code LSTM}'s, of both directions: all uniform within 1 / sqrt(width). */
    public FreshTensors lstm(String name, long inputs, long width, int layers) {
        double bound = 1 / Math.sqrt(width);
        for (int layer = 0; layer < layers; layer++) {
            for (String direction : new String[] {"", "_reverse"}) {
                String suffix = "_l" + layer + direction;
                long seen = layer == 0 ? inputs : 2 * width;
                put(name + ".weight_ih" + suffix, () -> next().uniform(-bound, bound, 4 * width, seen));
                put(name + ".weight_hh" + suffix, () -> next().uniform(-bound, bound, 4 * width, width));
                put(name + ".bias_ih" + suffix, () -> next().uniform(-bound, bound, 4 * width));
                put(name + ".bias_hh" + suffix, () -> next().uniform(-bound, bound, 4 * width));
            }
        }
        return this;
    }

    private RandomStream next() { return RandomStream.of(stream, seed, made.size()); }

    private FreshTensors put(String name, Supplier<Tensor> values) {
        made.put(name, Scope.keep(values));
        return this;
    }
}
