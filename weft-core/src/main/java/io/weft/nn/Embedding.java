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
        @Override public Tensor forward(int[] ids, int[] positions) {
            return Tensor.embedding(weight, Tensor.of(ids, ids.length)).to(DType.F32);
        }
    }

    /**
     * Rows of a table times a factor, as Gemma's. Hugging Face rounds the factor to the type that it computes in, which
     * here is fp32 whatever the table is stored in.
     */
    record Scaled(Tensor weight, double factor) implements Embedding {
        @Override public Tensor forward(int[] ids, int[] positions) {
            return new Lookup(weight).forward(ids, positions).mul(factor);
        }
    }

    /** Rows of a table plus a learned vector for each position, as GPT-2's. @param places [longest document, D] */
    record Placed(Tensor weight, Tensor places) implements Embedding {
        /** @throws IllegalArgumentException for a position that was never learned */
        @Override public Tensor forward(int[] ids, int[] positions) {
            for (int position : positions) {
                if (position >= places.size(0)) {
                    throw new IllegalArgumentException("position " + position + "; this model has learned "
                            + places.size(0) + ", from 0 on");
                }
            }
            return new Lookup(weight).forward(ids, positions).add(new Lookup(places).forward(positions, positions));
        }
    }
}
