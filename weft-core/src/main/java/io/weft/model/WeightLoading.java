package io.weft.model;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import java.util.function.UnaryOperator;

/**
 * How weights come into a model.
 *
 * @param placement where they are kept
 * @param compute   the type of hidden states, and of all but products with matrices
 * @param products  the type that linears multiply in
 * @param matrices  the type that resident matrices are kept in
 * @param linears   the form in which those of linears are kept
 */
public record WeightLoading(WeightPlacement placement, DType compute, DType products, DType matrices,
        LinearForm linears) {
    /** As the files hold them, to compute in fp32. */
    public static WeightLoading of(WeightPlacement placement) {
        return new WeightLoading(placement, DType.F32, DType.F32, DType.F32, LinearForm.AS_READ);
    }

    /** All in one type. */
    public WeightLoading computing(DType type) { return new WeightLoading(placement, type, type, type, linears); }

    /**
     * With linears that multiply in a type of their own.
     *
     * @param kept the type of resident matrices, which is wider where they are trained
     */
    public WeightLoading multiplying(DType type, DType kept) {
        return new WeightLoading(placement, compute, type, kept, linears);
    }

    public WeightLoading with(LinearForm form) {
        return new WeightLoading(placement, compute, products, matrices, form);
    }

    public WeightLoading with(UnaryOperator<Weight> form) { return with((name, read) -> form.apply(read)); }
}
