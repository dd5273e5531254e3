package io.weft.model;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import java.util.function.UnaryOperator;

/**
 * How weights come into a model.
 *
 * @param placement where they are kept
 * @param compute   the type that the model computes in
 * @param linears   what the weights of linears become once they are read, the head's left alone: quantised ones, say.
 *     It keeps {@link Weight#isTransposed}
 */
public record WeightLoading(WeightPlacement placement, DType compute, UnaryOperator<Weight> linears) {
    /** As the files hold them, to compute in fp32. */
    public static WeightLoading of(WeightPlacement placement) {
        return new WeightLoading(placement, DType.F32, UnaryOperator.identity());
    }

    public WeightLoading computing(DType type) { return new WeightLoading(placement, type, linears); }

    public WeightLoading with(UnaryOperator<Weight> form) { return new WeightLoading(placement, compute, form); }
}
