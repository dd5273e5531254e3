package io.weft.nn.block;

import io.weft.nn.AttentionShape;
import io.weft.nn.Linear;
import io.weft.nn.Norm;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The queries, keys and values of an attention layer, before any rotation: three linears, or one whose output is
 * sliced; queries and keys may be normalised.
 */
public interface Projection extends Parameters {
    /** x [T, D] -> queries [T, H, headDim], keys and values [T, G, headDim]. */
    Heads forward(Tensor x, AttentionShape shape, Pass pass);

    /** Cut into heads. */
    record Heads(Tensor query, Tensor key, Tensor value) {
        /** From heads side by side, [T, H * headDim] and [T, G * headDim]. */
        static Heads cut(Tensor query, Tensor key, Tensor value, AttentionShape shape) {
            long tokens = query.size(0);
            return new Heads(query.view(tokens, shape.heads(), shape.headDim()),
                    key.view(tokens, shape.keyValueHeads(), shape.headDim()),
                    value.view(tokens, shape.keyValueHeads(), shape.headDim()));
        }
    }

    static Projection separate(Linear query, Linear key, Linear value) { return new Separate(query, key, value); }

    /** One linear of all queries, then all keys, then all values. It stays one, so that its LoRA is PEFT's. */
    static Projection fused(Linear all) { return new Fused(all); }

    /**
     * With norms on each head's query and key, as in Qwen3.
     *
     * @param query over headDim
     * @param key over headDim
     */
    default Projection normed(Norm query, Norm key) { return new Normed(this, query, key); }

    /**
     * With norms over all of a token's queries and over all of its keys, as in OLMo 2.
     *
     * @param query over H * headDim
     * @param key over G * headDim
     */
    default Projection normedWhole(Norm query, Norm key) { return new NormedWhole(this, query, key); }

    /** See {@link #separate}. */
    record Separate(Linear query, Linear key, Linear value) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape, Pass pass) {
            return Heads.cut(query.forward(x, pass), key.forward(x, pass), value.forward(x, pass), shape);
        }

        @Override public Stream<Tensor> parameters() {
            return Stream.of(query, key, value).flatMap(Parameters::parameters);
        }
    }

    /** See {@link #fused}. */
    record Fused(Linear all) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape, Pass pass) {
            Tensor y = all.forward(x, pass);
            int query = shape.query(), keyValue = shape.keyValue();
            return Heads.cut(y.narrow(1, 0, query), y.narrow(1, query, keyValue),
                    y.narrow(1, query + keyValue, keyValue), shape);
        }

        @Override public Stream<Tensor> parameters() { return all.parameters(); }
    }

    /** See {@link Projection#normed}. */
    record Normed(Projection raw, Norm query, Norm key) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape, Pass pass) {
            Heads heads = raw.forward(x, shape, pass);
            return new Heads(query.forward(heads.query(), pass), key.forward(heads.key(), pass), heads.value());
        }

        @Override public Stream<Tensor> parameters() {
            return Stream.of(raw, query, key).flatMap(Parameters::parameters);
        }
    }

    /** See {@link Projection#normedWhole}. */
    record NormedWhole(Projection raw, Norm query, Norm key) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape, Pass pass) {
            Heads heads = raw.forward(x, shape, pass);
            long tokens = x.size(0);
            return Heads.cut(query.forward(heads.query().view(tokens, shape.query()), pass),
                    key.forward(heads.key().view(tokens, shape.keyValue()), pass), heads.value(), shape);
        }

        @Override public Stream<Tensor> parameters() {
            return Stream.of(raw, query, key).flatMap(Parameters::parameters);
        }
    }
}
