package io.weft.model;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import java.util.function.UnaryOperator;

/**
 * How weights come into a model.
 *
 * @param placement where they are kept
 * @param compute   the type that the model computes in
 * @param linears   the form in which those of linears are kept
 */
public record WeightLoading(WeightPlacement placement, DType compute, LinearForm linears) {
    /** As the files hold them, to compute in fp32. */
    public static WeightLoading of(WeightPlacement placement) {
        return new WeightLoading(placement, DType.F32, LinearForm.AS_READ);
    }

    public WeightLoading computing(DType type) { return new WeightLoading(placement, type, linears); }

    public WeightLoading with(LinearForm form) { return new WeightLoading(placement, compute, form); }

    public WeightLoading with(UnaryOperator<Weight> form) { return with((name, read) -> form.apply(read)); }
}
