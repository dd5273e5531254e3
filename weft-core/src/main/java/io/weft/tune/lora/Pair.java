package io.weft.tune.lora;

import io.weft.tensor.Tensor;
import java.util.List;

/** A [rank, I] and B [O, rank]. */
public record Pair(Tensor down, Tensor up) {
    /** The two as one whose product is the difference: [A; A0] and [B, -B0]. Itself where nothing is taken off. */
    public Pair less(Pair taken) {
        return taken == null ? this : new Pair(Tensor.concat(0, List.of(down, taken.down)),
                Tensor.concat(1, List.of(up, taken.up.neg())));
    }

    Pair detached() { return new Pair(down.detach(), up.detach()); }

    /** y + scale B A x, written in y. */
    Tensor addTo(Tensor y, Tensor x, double scale) {
        // B^T as a matrix of its own: the product that gives its gradient is twice as fast than as a view
        return y.addMatmulInPlace(Tensor.linear(x, down, null), up.transpose(0, 1).contiguous(), scale);
    }
}
