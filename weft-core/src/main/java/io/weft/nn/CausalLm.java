package io.weft.nn;

import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A decoder: embed, blocks, norm, head. The trainer walks it block by block itself. Owns native memory; belongs to the
 * thread that made it. Its weights and linears are known by their Hugging Face names; what a tuning method trains is in
 * {@link #tuned}.
 */
public final class CausalLm {
    private final Embedding embedding;
    private final List<Block> blocks;
    private final Norm norm;
    private final Linear head;
    private final SoftCap logitCap;
    private final Map<String, Tensor> weights;
    private final Map<String, Linear> linears;
    private final Map<String, Tensor> tuned = new LinkedHashMap<>();
    private final Dropout dropout = new Dropout();

    /**
     * @param head    [V, D]; a tied one holds the embedding's weight itself
     * @param logitCap of what the head says, or null
     * @param weights  every weight once, by its name in the file  @param linears without the head
     */
    public CausalLm(Embedding embedding,
            List<Block> blocks, Norm norm, Linear head, SoftCap logitCap, Map<String, Tensor> weights,
            Map<String, Linear> linears) {
        this.embedding = embedding;
        this.blocks = List.copyOf(blocks);
        this.norm = norm;
        this.head = head;
        this.logitCap = logitCap;
        this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        this.linears = Collections.unmodifiableMap(new LinkedHashMap<>(linears));
    }

    public int vocabulary() { return (int) embedding.weight().size(0); }

    public int width() { return (int) embedding.weight().size(1); }

    public List<Block> blocks() { return blocks; }

    public Norm norm() { return norm; }

    public Linear head() { return head; }

    /** What bounds the head's logits, or null. */
    public SoftCap logitCap() { return logitCap; }

    /** Hidden states after the norm [N, D] -> logits [N, V]. */
    public Tensor logitsOf(Tensor normed) {
        Tensor logits = head.forward(normed);
        return logitCap == null ? logits : logitCap.of(logits);
    }

    public boolean isTied() { return head.stored() == embedding.weight(); }

    /** [V, D]. */
    public Tensor embedding() { return embedding.weight(); }

    /** ids [T] -> [T, D]. */
    public Tensor embed(int[] ids, Context context) { return embedding.forward(ids, context.positions()); }

    /** Every weight once, by its name in a Hugging Face file. */
    public Map<String, Tensor> weights() { return weights; }

    /**
     * A weight by its name in the file, with what is attached to its linear merged in; the weight itself where nothing
     * is.
     */
    public Tensor mergedWeight(String name) {
        Linear linear = name.endsWith(".weight") ? linears.get(name.substring(0, name.length() - ".weight".length()))
                : null;
        return linear == null ? weights.get(name) : linear.mergedWeight();
    }

    /** Linears by name, the head not among them: what adapters attach to. */
    public Map<String, Linear> linears() { return linears; }

    /** What is trained, by name. */
    public Map<String, Tensor> tuned() { return Collections.unmodifiableMap(tuned); }

    /** Marks a tensor as trained, under its name. Returns it. */
    public Tensor addTuned(String name, Tensor parameter) {
        if (tuned.put(name, parameter.trainable(true)) != null) {
            throw new IllegalStateException(name + " is trained already");
        }
        return parameter;
    }

    public Dropout dropout() { return dropout; }

    /** Whether weights are stored narrow, and widened at each use. */
    public boolean isWidened() { return linears.values().stream().anyMatch(Linear::isWidened); }

    /**
     * About how many bytes of one token's activations a graph of all blocks keeps: every linear's input and output in
     * fp32, and as much again for what lies between them.
     */
    public long keptBytes() {
        return linears.values().stream().mapToLong(linear -> 8 * (linear.inputs() + linear.outputs())).sum();
    }

    /** Number of trained parameters. */
    public long trainedCount() { return tuned.values().stream().mapToLong(Tensor::elements).sum(); }

    /** Number of weights of the base, shared ones once. */
    public long weightCount() { return weights.values().stream().mapToLong(Tensor::elements).sum(); }

    /**
     * Runs the body on the model as it was before adapters were attached. Full tuning changes the weights themselves
     * and cannot be left out.
     */
    public <T> T withoutTuning(Supplier<T> body) {
        linears.values().forEach(linear -> linear.switchDelta(false));
        try {
            return body.get();
        } finally {
            linears.values().forEach(linear -> linear.switchDelta(true));
        }
    }

    /** All blocks, without a graph: ids [T] -> hidden states after the last block [T, D]. */
    public Tensor hidden(int[] ids, Context context) {
        return NoGrad.get(() -> {
            Tensor x = embed(ids, context);
            for (int i = 0; i < blocks.size(); i++) {
                Tensor input = x;
                int layer = i;
                x = Scope.keep(() -> blocks.get(layer).forward(input, layer, context));
            }
            return x;
        });
    }

    /** Norm and head, without a graph: hidden states [N, D] -> logits [N, V]. */
    public Tensor logits(Tensor hidden) { return NoGrad.get(() -> Scope.keep(() -> logitsOf(norm.forward(hidden)))); }
}
