package io.weft.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types that Weft computes or stores, under their safetensors names. */
public enum DType {
    F32(ScalarType.Float, 4), BF16(ScalarType.BFloat16, 2), F16(ScalarType.Half, 2), F64(ScalarType.Double, 8),
    I64(ScalarType.Long, 8), I32(ScalarType.Int, 4),
    I16(ScalarType.Short, 2), I8(ScalarType.Char, 1), U8(ScalarType.Byte, 1), BOOL(ScalarType.Bool, 1);

    final ScalarType scalarType;
    private final int bytes;

    DType(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /** Whether its elements are numbers with a fraction, as weights are. */
    public boolean isFloating() { return this == F32 || this == BF16 || this == F16 || this == F64; }

    /** Bytes of one element. */
    public int bytes() { return bytes; }

    static DType of(ScalarType type) {
        for (DType t : values()) {
            if (t.scalarType == type) {
                return t;
            }
        }
        throw new IllegalArgumentException("no such element type in Weft: " + type);
    }
}
