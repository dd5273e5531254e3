package io.weft.train;

import io.weft.settings.Word;
import io.weft.tensor.DType;
import io.weft.tensor.Device;

/** Arithmetic of the forward and backward passes; {@code train.precision} in a recipe. */
public enum Precision implements Word {
    AUTO, FP32, BF16, FP16;

    /**
     * What a device computes in: bf16 where that is asked for and not the CPU's, else fp32. fp16 would need a scaled
     * loss.
     */
    public DType on(Device device) { return this == BF16 && !device.isCpu() ? DType.BF16 : DType.F32; }

    /** Whether something narrower was asked for than a device computes in. */
    public boolean isDenied(Device device) { return (this == BF16 || this == FP16) && on(device) == DType.F32; }

    /** What is asked for, or where that is left open what the device computes in. */
    Precision resolved(Device device) {
        return this != AUTO ? this : on(device) == DType.BF16 ? BF16 : FP32;
    }
}
