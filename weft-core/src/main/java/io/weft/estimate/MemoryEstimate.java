package io.weft.estimate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bytes of the process's own (files that are mapped do not count) at the moment when it holds most.
 *
 * @param weights     of the base  @param adapter what is trained beside it
 * @param gradients   of what is trained  @param optimizer its moments, and masters of narrow weights
 * @param activations kept of the largest pass, and what its backward pass makes of one block
 * @param head        logits of a chunk of targets
 * @param process     Java, libtorch and BLAS
 */
public record MemoryEstimate(long weights, long adapter, long gradients, long optimizer, long activations, long head,
        long process) {
    /** Of all parts together. */
    public long total() { return parts().values().stream().mapToLong(Long::longValue).sum(); }

    /** What is trained beside the weights, its gradients and its moments. */
    public long trained() { return adapter + gradients + optimizer; }

    /** Each part under its name, in the order in which a run comes to need them. */
    public Map<String, Long> parts() {
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("process", process);
        parts.put("weights", weights);
        parts.put("adapter", adapter);
        parts.put("optimizer", optimizer);
        parts.put("gradients", gradients);
        parts.put("activations", activations);
        parts.put("head", head);
        return parts;
    }
}
