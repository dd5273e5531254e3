package io.weft.train;

import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.settings.Word;
import io.weft.tensor.DType;
import io.weft.tensor.Device;

/** Arithmetic of the forward and backward passes; {@code train.precision} in a recipe. */
public enum Precision implements Word {
    AUTO, FP32, BF16, FP16;

    /**
     * The type of hidden states on a device, and of all that is computed with them but products with matrices. On the
     * CPU it is always fp32.
     */
    public DType hidden(Device device) { return this == BF16 && !device.isCpu() ? DType.BF16 : DType.F32; }

    /** The type that linears multiply in. fp16 would need a scaled loss. */
    public DType products() { return this == BF16 ? DType.BF16 : DType.F32; }

    /** Whether something was asked for that is not computed in. */
    public boolean isDenied() { return this == FP16; }

    /**
     * How weights are to be loaded for it.
     *
     * @param trained whether the model's own weights are, which then stay fp32
     */
    public WeightLoading loading(WeightPlacement placement, Device device, boolean trained) {
        return WeightLoading.of(placement).computing(hidden(device))
                .multiplying(products(), trained ? hidden(device) : products());
    }
}
