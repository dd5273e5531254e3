package io.weft.estimate;

import io.weft.nn.AttentionShape;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.block.AttentionBlock;
import io.weft.tensor.Tensor;
import io.weft.tune.lora.LowRank;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Numbers that the graph of one block keeps of one token for the backward pass, counted operation by operation: what
 * autograd saves of each (https://docs.pytorch.org/docs/stable/notes/autograd.html). A frozen linear keeps nothing of
 * its input; one that is trained, or has an update beside it, does.
 *
 * @param kept   floats a token  @param passing floats a token that the backward pass makes beside them
 */
record BlockMemory(double kept, double passing) {
    /** A mask of dropout is kept as a byte an element beside the floats that it left. */
    private static final double MASKED = 1.25;

    /** @param activeExperts share of a mixture's experts that one token goes through; 1 without a mixture */
    static BlockMemory of(CausalLm model, Block block, double activeExperts) {
        Set<Tensor> own = tensors(block);
        List<Linear> linears = model.linears().values().stream()
                .filter(linear -> linear.weight().parameters().anyMatch(own::contains)).toList();
        AttentionShape attention = block instanceof AttentionBlock known ? known.attention().shape() : null;
        Set<Tensor> attending = block instanceof AttentionBlock known ? tensors(known.attention()) : Set.of();
        Linear mixing = block instanceof AttentionBlock known ? known.attention().output() : null;
        long width = model.width();
        // the input, and the state between the two sublayers
        double kept = 2.0 * width, passing = 2.0 * width;
        if (attention != null) {
            // queries, keys, values and the output; keys and values once more for the heads that share them
            kept += 2.0 * attention.query() + 2.0 * attention.keyValue();
            kept += attention.heads() != attention.keyValueHeads() ? 2.0 * attention.query() : 0;
        }
        double inner = 0, made = 0;
        var inputs = new HashSet<String>();
        for (Linear linear : linears) {
            boolean attends = linear.weight().parameters().anyMatch(attending::contains);
            double share = linear.name().contains(".experts.") ? activeExperts : 1;
            boolean last = linear == mixing || !attends && linear.outputs() == width;
            if (!attends) {
                inner += last ? share * linear.inputs() : 0;
                made += last ? 0 : share * linear.outputs();
            }
            kept += share * ofInput(linear, (attends ? "attention" : "feedForward") + (last ? ".last" : ""), inputs);
        }
        // the activation's input, and what a gate multiplies
        kept += made + (made > 1.5 * inner ? inner : 0);
        passing += made + inner;
        // a norm whose weight is trained keeps what it scales
        kept += own.stream().filter(tensor -> tensor.isTrainable() && tensor.elements() == width).count() * width;
        return new BlockMemory(kept, passing);
    }

    /** @param place of what goes in; linears of one place share it  @param known places whose input is kept already */
    private static double ofInput(Linear linear, String place, Set<String> known) {
        if (linear.delta().isEmpty()) {
            boolean trained = linear.weight().parameters().anyMatch(Tensor::isTrainable);
            return trained && known.add(place) ? linear.inputs() : 0;
        }
        if (!(linear.delta().get() instanceof LowRank update)) {
            return linear.inputs() + linear.outputs();
        }
        double low = update.whole().down().size(0), lengths = update.lengths() == null ? 0 : 2.0 * linear.outputs();
        return low + lengths + (update.rate() > 0 ? MASKED * linear.inputs() : known.add(place) ? linear.inputs() : 0);
    }

    private static Set<Tensor> tensors(Parameters part) {
        Set<Tensor> all = Collections.newSetFromMap(new IdentityHashMap<>());
        part.parameters().forEach(all::add);
        return all;
    }
}
