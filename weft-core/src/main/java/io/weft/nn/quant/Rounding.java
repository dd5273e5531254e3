package io.weft.nn.quant;

/** Floats rounded to narrower types, to the nearest with ties to the even one, as libtorch does. */
final class Rounding {
    private static final float SMALLEST_NORMAL = 0x1p-14f, LARGEST = 65_504, STEP_BELOW_NORMAL = 0x1p-24f;

    private Rounding() {}

    static float toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? value
                : Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    static float toF16(float value) {
        float size = Math.abs(value);
        if (!(size < Float.POSITIVE_INFINITY)) {
            return value;
        }
        if (size < SMALLEST_NORMAL) {
            return (float) Math.rint(value / STEP_BELOW_NORMAL) * STEP_BELOW_NORMAL;
        }
        int bits = Float.floatToRawIntBits(value);
        float rounded = Float.intBitsToFloat(bits + 0xfff + (bits >>> 13 & 1) & 0xffffe000);
        return Math.abs(rounded) > LARGEST ? Math.copySign(Float.POSITIVE_INFINITY, value) : rounded;
    }
}
