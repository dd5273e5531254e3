package io.weft.model;

import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.Head;
import io.weft.nn.Linear;
import io.weft.nn.LogitTransform;
import io.weft.nn.NamedNorm;
import io.weft.nn.Norm;
import io.weft.nn.Readout;
import io.weft.nn.Weight;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Named weights under a prefix, from files or from a seed. An {@link Architecture} names each where it uses it, with
 * the shape it expects; what is missing, of another shape or unread is gathered and reported together by {@link
 * #causalLm}.
 */
public final class Weights {
    private final String prefix;
    private final WeightSource source;
    private final Shared shared;

    /** What all prefixes of one model share. */
    private static final class Shared {
        final Map<String, Weight> taken = new LinkedHashMap<>();
        final Map<String, Linear> linears = new LinkedHashMap<>();
        final Map<String, NamedNorm> norms = new LinkedHashMap<>();
        final WeightMismatches misfits = new WeightMismatches();
        final Function<HfConfig, Map<String, long[]>> shapes;
        /** Of the embedding, and where it comes from; null before it is read. */
        String embedding;
        WeightSource embeddingSource;

        Shared(Function<HfConfig, Map<String, long[]>> shapes) { this.shapes = shapes; }
    }

    /** @param shapes of all weights that the family asks for under a config */
    public Weights(WeightSource source, Function<HfConfig, Map<String, long[]>> shapes) {
        this("", source, new Shared(shapes));
    }

    private Weights(String prefix, WeightSource source, Shared shared) {
        this.prefix = prefix;
        this.source = source;
        this.shared = shared;
    }

    /** The weights whose names begin with this one's prefix and {@code name}. */
    public Weights at(String name) { return new Weights(prefix + name + ".", source, shared); }

    /** A linear without bias, {@code name.weight} [outputs, inputs]. */
    public Linear linear(String name, int outputs, int inputs) { return linear(name, outputs, inputs, false); }

    /** @param biased whether {@code name.bias} [outputs] belongs to it */
    public Linear linear(String name, int outputs, int inputs, boolean biased) {
        return linear(name, false, outputs, inputs,
                () -> biased ? vector(name + ".bias", WeightSource.Kind.BIAS, outputs) : null);
    }

    /**
     * A linear that its file holds the other way round, {@code name.weight} [inputs, outputs], with {@code name.bias}
     * [outputs].
     */
    public Linear transposedLinear(String name, int outputs, int inputs) {
        return linear(name, true, outputs, inputs, () -> vector(name + ".bias", WeightSource.Kind.BIAS, outputs));
    }

    private Linear linear(String name, boolean transposed, int outputs, int inputs, Supplier<Tensor> bias) {
        String full = prefix + name + ".weight";
        boolean turned = transposed && !source.isQuantised(full);
        long[] shape = turned ? new long[] {inputs, outputs} : new long[] {outputs, inputs};
        Weight weight = requireShape(full, full, shape) ? source.linear(full, shape, transposed)
                : Weight.of(Tensor.shaped(outputs, inputs));
        shared.taken.put(full, weight);
        Linear linear = new Linear(prefix + name, weight, bias.get(), source.products());
        shared.linears.put(linear.name(), linear);
        return linear;
    }

    public Norm rmsNorm(String name, int width, double epsilon) {
        return norm(name, new Norm.Rms(vector(name + ".weight", WeightSource.Kind.NORM, width), epsilon));
    }

    /** Scales by 1 + {@code name.weight}, which a seed therefore fills with zeros. */
    public Norm offsetRmsNorm(String name, int width, double epsilon) {
        return norm(name, new Norm.OffsetRms(vector(name + ".weight", WeightSource.Kind.BIAS, width), epsilon));
    }

    public Norm layerNorm(String name, int width, double epsilon) {
        return norm(name, new Norm.Layer(vector(name + ".weight", WeightSource.Kind.NORM, width),
                vector(name + ".bias", WeightSource.Kind.BIAS, width), epsilon));
    }

    private Norm norm(String name, Norm read) {
        NamedNorm norm = new NamedNorm(prefix + name, read);
        shared.norms.put(norm.name(), norm);
        return norm;
    }

    /** Declares that a stored tensor is rightly not read. */
    public void skip(String name) { source.skip(prefix + name); }

    /**
     * The weights under a prefix that some files leave out; in the model they have it.
     * @param sample a weight that tells the two apart, without the prefix
     */
    public Weights atOrWithout(String name, String sample) {
        String dotted = prefix + name + ".";
        boolean without = source.shape(dotted + sample, new long[0]) == null
                && source.shape(prefix + sample, new long[0]) != null;
        return new Weights(dotted, without ? new WeightSource.Unprefixed(source, dotted) : source, shared);
    }

    /** A table that is looked up by id, {@code name.weight} [rows, width]. */
    public Weight table(String name, int rows, int width) { return table(name, prefix + name, rows, width); }

    /** @param stored the name it has in the file, whole, without ".weight" */
    private Weight table(String name, String stored, int rows, int width) {
        Weight table = Weight.of(take(prefix + name + ".weight", stored + ".weight", WeightSource.Kind.MATRIX, rows,
                width));
        shared.taken.put(prefix + name + ".weight", table);
        return table;
    }

    /**
     * The table of token embeddings, {@code name.weight} [vocabulary, width]. Where head and embedding are one, a file
     * may hold it under the head's name alone.
     *
     * @param head the head's whole name
     */
    public Weight embedding(String name, HfConfig config, String head) {
        boolean underHead = config.isTied() && !source.isStored(prefix + name + ".weight")
                && source.isStored(head + ".weight");
        if (underHead) {
            source.skip(head + ".weight");
        }
        shared.embedding = underHead ? null : prefix + name + ".weight";
        shared.embeddingSource = source;
        return table(name, underHead ? head : prefix + name, config.vocabulary(), config.width());
    }

    /** The blocks under {@code name.0}, {@code name.1} and so on. */
    public List<Block> blocks(String name, int count, Function<Weights, Block> block) {
        return blocks(name, count, (w, layer) -> block.apply(w));
    }

    /** The same where blocks differ. @param block of weights and index */
    public List<Block> blocks(String name, int count, BiFunction<Weights, Integer, Block> block) {
        return IntStream.range(0, count).mapToObj(i -> block.apply(at(name + "." + i), i)).toList();
    }

    /**
     * The head, which adapters leave alone: {@code name.weight} [V, D], or the embedding's own table when the two are
     * tied. A file may say that they are and hold another matrix for the head nevertheless; as in transformers 5, what
     * is stored counts. Where config.json asks for a head that reads rows, it is that one, of the same name in every
     * family, and what is stored under the usual name is passed over.
     */
    public Linear head(String name, HfConfig config, Weight embedding) {
        String full = prefix + name + ".weight";
        Optional<List<String>> labels = RowHead.labels(config);
        if (labels.isPresent()) {
            source.skip(full);
            return new Linear(RowHead.NAME, new Weights("", source, shared).table(RowHead.NAME, labels.get().size(),
                    (int) embedding.inputs()), null);
        }
        boolean tied = config.isTied() && !(shared.embedding != null && source.isStored(full)
                && shared.embeddingSource.areApart(full, shared.embedding));
        if (tied) {
            source.skip(full); // some files store the tied head a second time
        }
        return new Linear(prefix + name, tied ? embedding
                : table(name, (int) embedding.outputs(), (int) embedding.inputs()), null, source.products());
    }

    /**
     * The usual decoder around its blocks: {@code model.embed_tokens}, {@code model.layers.<i>}, {@code model.norm} and
     * {@code lm_head}, tied or not.
     */
    public CausalLm causalLm(HfConfig config, Function<Weights, Block> block) {
        return causalLm(config, (w, layer) -> block.apply(w));
    }

    /** The same where blocks differ. @param block of weights and index */
    public CausalLm causalLm(HfConfig config, BiFunction<Weights, Integer, Block> block) {
        Weights model = at("model");
        Weight embedding = model.embedding("embed_tokens", config, "lm_head");
        List<Block> blocks = model.blocks("layers", config.layers(), block);
        Norm norm = model.rmsNorm("norm", config.width(), config.normEpsilon());
        return causalLm(config, new Embedding.Lookup(embedding), blocks, norm, head("lm_head", config, embedding));
    }

    /**
     * The finished decoder.
     *
     * @throws io.weft.problem.UserError naming every weight that was missing, of another shape, or has no place in the
     *     model
     */
    public CausalLm causalLm(HfConfig config, Embedding embedding, List<Block> blocks, Norm norm, Linear head) {
        return causalLm(config, embedding, blocks, norm, head, null);
    }

    /** @param transform of the logits of tokens, or null */
    public CausalLm causalLm(HfConfig config, Embedding embedding,
            List<Block> blocks, Norm norm, Linear head, LogitTransform transform) {
        shared.misfits.throwIfAny(source.subject(), config, source.unread(shared.taken.keySet()), shared.shapes);
        Head whole = RowHead.labels(config).map(labels -> new Head(head, null, Readout.ofRows(labels.size())))
                .orElse(new Head(head, transform, Readout.TOKENS));
        return new CausalLm(embedding, blocks, norm, whole, shared.taken, shared.linears, shared.norms,
                source.compute());
    }

    private Tensor take(String name, WeightSource.Kind kind, long... shape) {
        return take(prefix + name, prefix + name, kind, shape);
    }

    /** @param full the weight's name in the model  @param stored its name in the file */
    private Tensor take(String full, String stored, WeightSource.Kind kind, long... shape) {
        // a shape alone is never computed with: the misfits are thrown before
        Tensor tensor = requireShape(full, stored, shape) ? source.read(stored, kind, shape) : Tensor.shaped(shape);
        shared.taken.put(full, Weight.of(tensor));
        return tensor;
    }

    /** Whether the stored tensor has the shape; notes it where it has not. */
    private boolean requireShape(String full, String stored, long... shape) {
        long[] found = source.shape(stored, shape);
        boolean fits = Arrays.equals(found, shape);
        if (!fits) {
            shared.misfits.add(full, shape, found);
        }
        return fits;
    }

    /** A norm's or a bias's. */
    private Tensor vector(String name, WeightSource.Kind kind, int length) {
        return take(name, kind, length);
    }
}
