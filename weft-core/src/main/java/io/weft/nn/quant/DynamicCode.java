package io.weft.nn.quant;

import java.util.Arrays;

/**
 * The 256 values of the dynamic 8-bit type, whose exponent takes as many bits as a number needs (Dettmers 2015,
 * arXiv:1511.04561), and which of them stands for a number. As bitsandbytes has both on the CPU, which finds the value
 * by a table of 65,536 equal steps from -1 to 1 and so misses the nearest one by up to half a step.
 */
final class DynamicCode {
    static final float[] VALUES = values();
    private static final int EXPONENTS = 7, STEPS = 65_535;
    private static final byte[] NEAREST = nearest();

    private DynamicCode() {}

    private static float[] values() {
        float[] values = new float[256];
        int count = 0;
        for (int exponent = 0; exponent < EXPONENTS; exponent++) {
            float[] edges = edges((1 << exponent) + 1);
            float size = (float) Math.pow(10, exponent - EXPONENTS + 1);
            for (int i = 0; i + 1 < edges.length; i++) {
                float value = size * ((edges[i] + edges[i + 1]) / 2);
                values[count++] = value;
                values[count++] = -value;
            }
        }
        values[count++] = 0;
        values[count] = 1;
        Arrays.sort(values);
        return values;
    }

    /** From 0.1 to 1 in equal steps, from the nearer end and rounded once, as {@code torch.linspace} does. */
    private static float[] edges(int count) {
        float[] edges = new float[count];
        float first = 0.1f, last = 1, step = (last - first) / (count - 1);
        for (int i = 0; i < count; i++) {
            edges[i] = i < count / 2 ? Math.fma(step, i, first) : Math.fma(-step, count - 1 - i, last);
        }
        return edges;
    }

    private static byte[] nearest() {
        byte[] nearest = new byte[STEPS + 1];
        int index = 0;
        for (int step = 0; step <= STEPS; step++) {
            float number = (float) (step / (STEPS / 2.0) - 1);
            while (index < 255 && Math.abs(VALUES[index + 1] - number) < Math.abs(number - VALUES[index])) {
                index++;
            }
            nearest[step] = (byte) index;
        }
        return nearest;
    }

    /** Index of the value for a number from -1 to 1. */
    static byte of(float number) { return NEAREST[(int) ((number + 1) * 0.5f * STEPS + 0.5f)]; }
}
