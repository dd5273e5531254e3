package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A decoder: embed, blocks, norm, head; the head says tokens, or a label or score of a row. The trainer walks it block
 * by block itself. Owns native memory; belongs to the thread that made it. Its weights and linears are known by their
 * Hugging Face names; what a tuning method trains is in {@link #tuned}.
 */
public final class CausalLm {
    /** Tokens among which the likeliest one is, whatever is rounded. */
    private static final int REFINED = 16;
    private final Embedding embedding;
    private final List<Block> blocks;
    private final Norm norm;
    private final Head head;
    private final Map<String, Weight> weights;
    private final DType compute;
    private final Device device;
    private final Map<String, Linear> linears;
    private final Map<String, NamedNorm> norms;
    private final Attached<Weight> tables = new Attached<>(); // trained copies of the embedding's
    private final Map<String, Map<String, Tensor>> tuned = new LinkedHashMap<>(); // by adapter
    private final Map<String, List<PassFeed>> feeds = new LinkedHashMap<>(); // by adapter
    private final boolean shiftedByPrefixes;

    /**
     * @param weights  every weight once, by its name in the file  @param linears without the head
     * @param norms by name
     * @param compute the type that it computes in
     */
    public CausalLm(Embedding embedding,
            List<Block> blocks, Norm norm, Head head, Map<String, Weight> weights, Map<String, Linear> linears,
            Map<String, NamedNorm> norms, DType compute) {
        this(embedding, blocks, norm, head, weights, linears, norms, compute, true);
    }

    private CausalLm(Embedding embedding, List<Block> blocks, Norm norm, Head head, Map<String, Weight> weights,
            Map<String, Linear> linears, Map<String, NamedNorm> norms, DType compute, boolean shiftedByPrefixes) {
        this.shiftedByPrefixes = shiftedByPrefixes;
        this.embedding = embedding;
        this.blocks = List.copyOf(blocks);
        this.norm = norm;
        this.head = head;
        this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        this.linears = Collections.unmodifiableMap(new LinkedHashMap<>(linears));
        this.norms = Collections.unmodifiableMap(new LinkedHashMap<>(norms));
        this.compute = compute;
        device = embedding.table().parameters().findFirst().orElseThrow().device();
    }

    /** The same, untuned, whose tokens stand at the same positions when keys and values are put before theirs. */
    public CausalLm unshiftedByPrefixes() {
        return new CausalLm(embedding, blocks, norm, head, weights, linears, norms, compute, false);
    }

    /**
     * Whether a document's tokens stand so many positions later as keys and values are before theirs, as if these were
     * of tokens.
     */
    public boolean isShiftedByPrefixes() { return shiftedByPrefixes; }

    public int vocabulary() { return (int) embedding.table().outputs(); }

    public int width() { return (int) embedding.table().inputs(); }

    /** The type of hidden states, and so of what is computed with them; losses and what adapters learn stay fp32. */
    public DType compute() { return compute; }

    /** Where its weights lie, and what is computed with them. */
    public Device device() { return device; }

    public List<Block> blocks() { return blocks; }

    public Norm norm() { return norm; }

    public Linear head() { return head.linear(); }

    /** What the head says, and of what. */
    public Readout readout() { return head.readout(); }

    /** What becomes of the head's logits, or null where they stay. */
    public LogitTransform logitTransform() { return head.transform(); }

    /**
     * Hidden states after the norm [N, D] -> logits [N, V], or [N, labels] where the head is one for rows.
     *
     * @param rows those N, see {@link Pass#ofTokens}
     */
    public Tensor logitsOf(Tensor normed, Pass rows) { return head.logits(normed, rows); }

    public boolean isTied() { return head().weight() == embedding.table(); }

    /** [V, D]. */
    public Weight embedding() { return embedding.table(); }

    /** What would have to be inserted for tokens of the base to say the same: ids [T] -> [T, D], in fp32. */
    public Tensor vectors(int[] ids) {
        return embedding.insertable(embedding.table().rows(Tensor.of(ids, ids.length), DType.F32));
    }

    /** ids [T] -> [T, D], with what the pass inserts. */
    public Tensor embed(int[] ids, Pass pass) {
        Weight own = embedding.table();
        Tensor tokens = Tensor.of(ids, ids.length);
        return embedding.forward(tables.worksIn(pass)
                ? tables.each(tokens, pass, (copy, start, some, p) -> (copy == null ? own : copy).rows(some, compute))
                : own.rows(tokens, compute), pass);
    }

    /** The name of the embedding, without ".weight". */
    public String embeddingName() {
        return weights.entrySet().stream().filter(entry -> entry.getValue() == embedding.table())
                .map(entry -> entry.getKey().substring(0, entry.getKey().lastIndexOf('.'))).findFirst().orElseThrow();
    }

    /** Puts a trained copy [V, D] in the embedding's place. See {@link Adapters#attachedAs}. */
    public void attachEmbedding(Weight copy) { tables.attach(embeddingName(), Adapters.attachedNow(), copy); }

    /** Every weight once, by its name in a Hugging Face file. */
    public Map<String, Weight> weights() { return weights; }

    /**
     * A weight by its name in the file, with what the default adapter attached to its module merged in; the weight
     * itself where nothing is.
     *
     * @param name one of {@link #mergedShapes}
     */
    public Tensor merged(String name) {
        String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        Linear linear = module.equals(head().name()) ? head() : linears.get(module);
        if (linear != null) {
            return name.endsWith(".bias") ? linear.mergedBias() : linear.mergedWeight();
        }
        if (norms.containsKey(module)) {
            List<Tensor> parameters = norms.get(module).merged().parameters().toList();
            return parameters.get(name.endsWith(".bias") ? parameters.size() - 1 : 0);
        }
        Weight table = tables.of(Adapters.DEFAULT_NAME);
        return (table != null && weights.get(name) == embedding.table() ? table : weights.get(name)).stored();
    }

    /**
     * The shapes that {@link #merged} has, by name: those of {@link #weights}, and of the head where it has left a tie.
     */
    public Map<String, long[]> mergedShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        weights.forEach((name, weight) -> shapes.put(name, weight.shape()));
        if (isTied() && !isTiedMerged()) {
            shapes.put(head().name() + ".weight", head().weight().shape());
        }
        return shapes;
    }

    /** Whether head and embedding are one with what the default adapter attached merged in. */
    public boolean isTiedMerged() {
        return isTied() && head().delta().isEmpty() && tables.of(Adapters.DEFAULT_NAME) == null;
    }

    /** Linears by name, the head not among them: what adapters attach to. */
    public Map<String, Linear> linears() { return linears; }

    /** Norms by name. */
    public Map<String, NamedNorm> norms() { return norms; }

    /** What is trained, by name. See {@link Adapters#attachedAs}. */
    public Map<String, Tensor> tuned() {
        return Collections.unmodifiableMap(tuned.getOrDefault(Adapters.attachedNow(), Map.of()));
    }

    /** Marks a tensor as trained, under its name. Returns it. */
    public Tensor addTuned(String name, Tensor parameter) {
        if (tuned.computeIfAbsent(Adapters.attachedNow(), adapter -> new LinkedHashMap<>())
                .put(name, parameter.trainable(true)) != null) {
            throw new IllegalStateException(name + " is trained already");
        }
        return parameter;
    }

    /** Attaches something that feeds each pass of an adapter. */
    public void attach(String adapter, PassFeed feed) {
        feeds.computeIfAbsent(adapter, name -> new ArrayList<>()).add(feed);
    }

    /** See {@link #attach(String, PassFeed)} and {@link Adapters#attachedAs}. */
    public void attach(PassFeed feed) { attach(Adapters.attachedNow(), feed); }

    /** Takes off all that is attached for an adapter, and frees what was trained of it. */
    public void detach(String adapter) {
        linears.values().forEach(linear -> linear.detach(adapter));
        head().detach(adapter);
        norms.values().forEach(one -> one.detach(adapter));
        blocks.forEach(block -> block.sublayers().forEach(sublayer -> sublayer.detach(adapter)));
        tables.remove(adapter);
        feeds.remove(adapter);
        Map<String, Tensor> trained = tuned.remove(adapter);
        if (trained != null) {
            Scope.free(trained.values());
        }
    }

    /** See {@link PassFeed#placeholders}: how many tokens an adapter wants before those of each of its documents. */
    public int placeholders(Optional<String> adapter) { return feeds(adapter).mapToInt(PassFeed::placeholders).sum(); }

    /** See {@link PassFeed#positions}: how much of the context an adapter takes from each of its documents. */
    public int positions(Optional<String> adapter) { return feeds(adapter).mapToInt(PassFeed::positions).sum(); }

    private Stream<PassFeed> feeds(Optional<String> adapter) {
        return adapter.map(name -> feeds.getOrDefault(name, List.of())).orElse(List.of()).stream();
    }

    /** What the pass's adapters feed it, computed. */
    public List<Fed> feed(Pass pass) {
        List<Fed> fed = new ArrayList<>();
        feeds.forEach((adapter, parts) -> {
            int[] documents = IntStream.range(0, pass.documents())
                    .filter(document -> pass.adapters().of(document).equals(Optional.of(adapter))).toArray();
            if (documents.length > 0) {
                parts.forEach(part -> fed.add(new Fed(part, documents, part.compute(pass))));
            }
        });
        return fed;
    }

    /** What one part made for the documents of a pass. */
    public record Fed(PassFeed part, int[] documents, List<Tensor> made) {
        /** The pass with what was made. @param form of each tensor, e.g. itself, or a leaf in its place */
        public static Pass into(Pass pass, List<Fed> all, UnaryOperator<Tensor> form) {
            Pass full = pass;
            for (Fed fed : all) {
                full = fed.part.feed(full, fed.made.stream().map(form).toList(), fed.documents);
            }
            return full;
        }
    }

    /** What a cache keeps of each token, block by block. */
    public List<KeyValueCache.Shape> cacheShapes() { return blocks.stream().map(Block::cacheShape).toList(); }

    /** An empty cache. @param pages of {@link KeyValueCache#PAGE} tokens each */
    public KeyValueCache cache(int pages) {
        return Device.value(device, () -> new KeyValueCache(cacheShapes(), compute, pages));
    }

    /** Bytes that a cache keeps of each token. */
    public long cacheBytes() {
        return compute.bytes() * cacheShapes().stream().mapToLong(KeyValueCache.Shape::elements).sum();
    }

    /** Whether frozen weights of linears are converted at each use: they are kept otherwise than multiplied. */
    public boolean isUpcast() { return linears.values().stream().anyMatch(linear -> linear.isConverted(compute)); }

    /**
     * About how many bytes of one token's activations a graph of all blocks keeps: every linear's input and output, and
     * as much again for what lies between them.
     */
    public long keptBytes() {
        return linears.values().stream()
                .mapToLong(linear -> 2L * compute.bytes() * (linear.inputs() + linear.outputs())).sum();
    }

    /** Number of trained parameters. */
    public long trainedCount() { return tuned().values().stream().mapToLong(Tensor::elements).sum(); }

    /** Number of weights of the base, shared ones once. */
    public long weightCount() { return weights.values().stream().mapToLong(Weight::elements).sum(); }

    /** All blocks, without a graph: ids [T] -> hidden states after the last block [T, D]. */
    public Tensor hidden(int[] ids, Pass pass) {
        return Device.value(device, () -> NoGrad.get(() -> {
            Pass full = feeds.isEmpty() ? pass : Fed.into(pass, feed(pass), UnaryOperator.identity());
            Tensor x = embed(ids, full);
            for (int i = 0; i < blocks.size(); i++) {
                Tensor input = x;
                int layer = i;
                x = Scope.keep(() -> blocks.get(layer).forward(input, layer, full));
            }
            return x;
        }));
    }

    /** Lays out the weights that are multiplied in bf16 for answers alone; takes their memory once more. */
    public void pack() {
        linears.values().forEach(Linear::pack);
        head().pack();
    }

    /** {@link #logits(Tensor, Pass)} through the default adapter. */
    public Tensor logits(Tensor hidden) { return logits(hidden, Pass.single(0)); }

    /** Norm and head, without a graph: hidden states [N, D] -> {@link #logitsOf}. @param rows those N of a pass */
    public Tensor logits(Tensor hidden, Pass rows) {
        return NoGrad.get(() -> Scope.keep(() -> {
            Tensor normed = norm.forward(hidden, rows);
            return refined(logitsOf(normed, rows), normed, rows);
        }));
    }

    /**
     * The largest logits computed anew where products are rounded: rounded ones are often equal, and which token is the
     * likeliest would be left to chance.
     */
    private Tensor refined(Tensor logits, Tensor normed, Pass rows) {
        Linear linear = head();
        if (!linear.isRounded(normed.type()) || !linear.isPlain(rows) || linear.bias() != null
                || head.transform() != null || readout().isOfRows() || linear.outputs() < REFINED) {
            return logits;
        }
        Tensor largest = logits.largest(REFINED); // [N, K]
        Tensor weights = linear.weight().rows(largest.view(-1), normed.type()).view(-1, REFINED, width());
        Tensor exact = weights.matmul(normed.unsqueeze(2)).squeeze(2);
        return logits.scatterAddInPlace(largest, exact.sub(logits.gather(largest)));
    }
}
