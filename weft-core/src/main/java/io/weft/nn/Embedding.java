package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;

/** Token ids to hidden states. */
public interface Embedding {
    /** [V, D]. */
    Weight table();

    /** ids [T] -> [T, D], fresh, with what the pass inserts. @param type that is computed in */
    Tensor forward(int[] ids, Pass pass, DType type);

    /** Rows of a table [V, D]: ids [T] -> [T, D], fresh. */
    static Tensor rows(Weight table, int[] ids, DType type) { return table.rows(Tensor.of(ids, ids.length), type); }

    /** Rows of a table. */
    record Lookup(Weight table) implements Embedding {
        @Override public Tensor forward(int[] ids, Pass pass, DType type) {
            return pass.insertInto(rows(table, ids, type));
        }
    }

    /**
     * Rows of a table times a factor, as Gemma's. Hugging Face rounds the factor to the type that it computes in, which
     * changes nothing in fp32. What is inserted is not multiplied.
     */
    record Scaled(Weight table, double factor) implements Embedding {
        @Override public Tensor forward(int[] ids, Pass pass, DType type) {
            return pass.insertInto(rows(table, ids, type).mul(factor));
        }
    }

    /** Rows of a table plus a learned vector for each position, as GPT-2's. @param places [longest document, D] */
    record Placed(Weight table, Weight places) implements Embedding {
        /** @throws IllegalArgumentException for a position that was never learned */
        @Override public Tensor forward(int[] ids, Pass pass, DType type) {
            for (int position : pass.positions()) {
                if (position >= places.outputs()) {
                    throw new IllegalArgumentException("position " + position + "; this model has learned "
                            + places.outputs() + ", from 0 on");
                }
            }
            return pass.insertInto(rows(table, ids, type)).add(rows(places, pass.positions(), type));
        }
    }
}
