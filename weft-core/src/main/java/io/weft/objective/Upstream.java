package io.weft.objective;

import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is trained and feeds the walk over the blocks from above: the embedding, prefixes and the networks that make
 * them. It is computed once; blocks see leaves in its place, which gather gradients while the walk goes down, from each
 * block once, computed again or not; at the end one backward pass goes through all of it. Lives for one pass.
 */
final class Upstream {
    private final Map<Tensor, Tensor> leaves = new IdentityHashMap<>();
    private final List<Tensor> outputs = new ArrayList<>();

    /** A leaf with the same values whose gradient is wanted; cut off from all graphs where nothing in it is trained. */
    Tensor leaf(Tensor output) {
        return leaves.computeIfAbsent(output, made -> {
            if (made.isTrainable()) {
                outputs.add(made);
            }
            return made.detach().trainable(made.isTrainable());
        });
    }

    /** Sends what the leaves have gathered through the graphs that made them. */
    void backward() {
        Tensor sum = null;
        for (Tensor output : outputs) {
            Tensor gradient = leaves.get(output).gradient();
            if (gradient != null) {
                // d (output . gradient) / d output = gradient: one scalar, so one pass over graphs that share parts
                Tensor product = output.mul(gradient).sum();
                sum = sum == null ? product : sum.add(product);
            }
        }
        if (sum != null) {
            sum.backward(Tensor.of(new float[] {1}));
        }
    }
}
