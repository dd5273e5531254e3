package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;

/** Token ids to hidden states. */
public interface Embedding {
    /** [V, D], as its file holds it. */
    Tensor weight();

    /** ids [T] -> [T, D]. @param positions [T] of each token in its own document */
    Tensor forward(int[] ids, int[] positions);

    /** Rows of a table, in fp32 whatever the table is stored in. */
    record Lookup(Tensor weight) implements Embedding {
        @Override public Tensor forward(int[] ids, int[] positions) { return Tensor.embedding(weight, Tensor.of(ids, ids.length)).to(DType.F32); }
    }
}
