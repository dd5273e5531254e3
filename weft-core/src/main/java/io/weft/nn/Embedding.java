package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;

/** Token ids to hidden states. */
public interface Embedding {
    /** [V, D], as its file holds it. */
    Tensor weight();

    /** ids [T] -> [T, D], fresh, with what the pass inserts. */
    Tensor forward(int[] ids, Pass pass);

    /** Rows of a table, in fp32 whatever the table is stored in. table [V, D], ids [T] -> [T, D], fresh. */
    static Tensor rows(Tensor table, int[] ids) {
        return Tensor.embedding(table, Tensor.of(ids, ids.length)).to(DType.F32);
    }

    /** Rows of a table. */
    record Lookup(Tensor weight) implements Embedding {
        @Override public Tensor forward(int[] ids, Pass pass) { return pass.insertInto(rows(weight, ids)); }
    }

    /**
     * Rows of a table times a factor, as Gemma's. Hugging Face rounds the factor to the type that it computes in, which
     * here is fp32 whatever the table is stored in. What is inserted is not multiplied.
     */
    record Scaled(Tensor weight, double factor) implements Embedding {
        @Override public Tensor forward(int[] ids, Pass pass) {
            return pass.insertInto(rows(weight, ids).mul(factor));
        }
    }

    /** Rows of a table plus a learned vector for each position, as GPT-2's. @param places [longest document, D] */
    record Placed(Tensor weight, Tensor places) implements Embedding {
        /** @throws IllegalArgumentException for a position that was never learned */
        @Override public Tensor forward(int[] ids, Pass pass) {
            for (int position : pass.positions()) {
                if (position >= places.size(0)) {
                    throw new IllegalArgumentException("position " + position + "; this model has learned "
                            + places.size(0) + ", from 0 on");
                }
            }
            return pass.insertInto(rows(weight, ids)).add(rows(places, pass.positions()));
        }
    }
}
