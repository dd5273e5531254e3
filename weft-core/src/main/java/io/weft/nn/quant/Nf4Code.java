package io.weft.nn.quant;

/**
 * The 16 values of NF4, a normal distribution's quantiles between -1 and 1 (QLoRA, Dettmers et al. 2023,
 * arXiv:2305.14314, appendix E), and which of them is nearest to a number. As bitsandbytes has both.
 */
final class Nf4Code {
    static final float[] VALUES = {-1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
        -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f, 0.07958029955625534f,
        0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f,
        0.7229568362236023f, 1.0f};
    /** Half way between neighbours, behind which the next value begins; nothing lies behind the last. */
    private static final float[] BOUNDS = bounds();
    /** Equal parts of [-1, 1], each so short that at most one bound lies in it. */
    private static final int PARTS_OF_ONE = 64;
    private static final double ROUNDING = 1e-6; // of finding a number's part
    private static final byte[] FIRST_OF_PART = firstOfPart();

    private Nf4Code() {}

    private static float[] bounds() {
        float[] bounds = new float[VALUES.length];
        for (int i = 0; i + 1 < bounds.length; i++) {
            bounds[i] = (VALUES[i] + VALUES[i + 1]) / 2;
        }
        bounds[bounds.length - 1] = Float.POSITIVE_INFINITY;
        return bounds;
    }

    private static byte[] firstOfPart() {
        byte[] first = new byte[2 * PARTS_OF_ONE + 1];
        for (int part = 0; part < first.length; part++) {
            double start = (double) part / PARTS_OF_ONE - 1 - ROUNDING;
            while (BOUNDS[first[part]] < start) {
                first[part]++;
            }
        }
        return first;
    }

    /** Index of the value nearest to a number from -1 to 1; half way between two, the lower one's. */
    static int nearest(float number) {
        int first = FIRST_OF_PART[(int) ((number + 1) * PARTS_OF_ONE)];
        return BOUNDS[first] < number ? first + 1 : first;
    }
}
