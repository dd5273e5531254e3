package io.weft.nn;

import io.weft.tensor.Tensor;

/** Token ids to hidden states. */
public interface Embedding {
    /** [V, D]. */
    Weight table();

    /** What the tokens' rows of the table become, with what the pass inserts. rows [T, D], fresh -> [T, D], fresh. */
    Tensor forward(Tensor rows, Pass pass);

    /** What would have to be inserted for tokens to say the same. rows [T, D] of the table, fresh -> [T, D]. */
    default Tensor insertable(Tensor rows) { return rows; }

    /** Rows of a table. */
    record Lookup(Weight table) implements Embedding {
        @Override public Tensor forward(Tensor rows, Pass pass) { return pass.insertInto(rows); }
    }

    /**
     * Rows of a table times a factor, as Gemma's. Hugging Face rounds the factor to the type that it computes in, which
     * changes nothing in fp32. What is inserted is not multiplied.
     */
    record Scaled(Weight table, double factor) implements Embedding {
        @Override public Tensor forward(Tensor rows, Pass pass) { return pass.insertInto(insertable(rows)); }

        @Override public Tensor insertable(Tensor rows) { return rows.mul(factor); }
    }

    /** Rows of a table, or what is inserted, times a factor, as Granite's. */
    record Multiplied(Weight table, double factor) implements Embedding {
        @Override public Tensor forward(Tensor rows, Pass pass) { return pass.insertInto(rows).mul(factor); }
    }

    /** Rows of a table plus a learned vector for each position, as GPT-2's. @param places [longest document, D] */
    record Placed(Weight table, Weight places) implements Embedding {
        /** @throws IllegalArgumentException for a position that was never learned */
        @Override public Tensor forward(Tensor rows, Pass pass) {
            for (int position : pass.positions()) {
                if (position >= places.outputs()) {
                    throw new IllegalArgumentException("position " + position + "; this model has learned "
                            + places.outputs() + ", from 0 on");
                }
            }
            Tensor standing = Tensor.of(pass.positions(), pass.positions().length);
            return pass.insertInto(rows).add(places.rows(standing, rows.type()));
        }
    }
}
