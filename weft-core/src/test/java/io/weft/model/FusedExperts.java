package io.weft.model;

import io.weft.nn.CausalLm;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** transformers 5 holds all experts of a layer in two tensors; files, and Weft, hold three matrices an expert. */
final class FusedExperts {
    private static final String GATE_UP = ".experts.gate_up_proj", DOWN = ".experts.down_proj";

    private FusedExperts() {}

    /**
     * The weights of the model that, one after the other, are the tensor that transformers calls so: mostly the one of
     * that name.
     */
    static List<String> parts(String name, Set<String> weights) {
        if (!name.endsWith(GATE_UP) && !name.endsWith(DOWN)) {
            String old = name.replace(".mlp.gate.", ".block_sparse_moe.gate.");
            return List.of(weights.contains(name) ? name : old);
        }
        String layer = name.substring(0, name.indexOf(".mlp."));
        boolean mixtral = weights.contains(layer + ".block_sparse_moe.gate.weight");
        String experts = layer + (mixtral ? ".block_sparse_moe" : ".mlp") + ".experts.";
        List<String> names = name.endsWith(DOWN) ? List.of(mixtral ? "w2" : "down_proj") : mixtral ? List.of("w1", "w3")
                : List.of("gate_proj", "up_proj");
        return IntStream.iterate(0, i -> weights.contains(experts + i + "." + names.get(0) + ".weight"), i -> i + 1)
                .boxed()
                .flatMap(i -> names.stream().map(part -> experts + i + "." + part + ".weight")).toList();
    }

    /** The gradient of what transformers calls so; zeros for an expert that no token chose. */
    static float[] gradient(CausalLm model, String name) {
        Stream<Tensor> parts = parts(name, model.weights().keySet()).stream()
                .map(part -> model.weights().get(part).stored().gradientOrZeros());
        return Tensor.concat(0, parts.map(part -> part.view(part.elements())).toList()).toFloats();
    }
}
