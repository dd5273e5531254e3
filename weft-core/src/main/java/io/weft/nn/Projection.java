package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** The queries, keys and values of an attention layer: three linears, or one whose output is sliced. */
public interface Projection extends Parameters {
    /** x [T, D] -> queries [T, H * headDim], keys and values [T, G * headDim]. */
    Heads forward(Tensor x, AttentionShape shape);

    /** Side by side, before they are cut into heads. */
    record Heads(Tensor query, Tensor key, Tensor value) {}

    static Projection separate(Linear query, Linear key, Linear value) { return new Separate(query, key, value); }

    /** One linear of all queries, then all keys, then all values. It stays one, so that its LoRA is PEFT's. */
    static Projection fused(Linear all) { return new Fused(all); }

    /** See {@link #separate}. */
    record Separate(Linear query, Linear key, Linear value) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape) {
            return new Heads(query.forward(x), key.forward(x), value.forward(x));
        }

        @Override public Stream<Tensor> parameters() {
            return Stream.of(query, key, value).flatMap(Parameters::parameters);
        }
    }

    /** See {@link #fused}. */
    record Fused(Linear all) implements Projection {
        @Override public Heads forward(Tensor x, AttentionShape shape) {
            Tensor y = all.forward(x);
            int query = shape.query(), keyValue = shape.keyValue();
            return new Heads(y.narrow(1, 0, query), y.narrow(1, query, keyValue),
                    y.narrow(1, query + keyValue, keyValue));
        }

        @Override public Stream<Tensor> parameters() { return all.parameters(); }
    }
}
