package io.weft.nn.quant;

import io.weft.nn.Weight;
import io.weft.nn.quant.Nf4Weight.Layout;
import io.weft.nn.quant.Nf4Weight.Order;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.HostThreads;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Makes NF4 weights of others, bit for bit as bitsandbytes does on the CPU: some rows at a time, so that no weight is
 * ever whole in a wide type. The same on every machine and with any number of threads.
 *
 * @param block  elements that share a scale
 * @param nested whether the scales are quantised, too
 */
public record Nf4Quantiser(int block, boolean nested) {
    /** What QLoRA takes, and so transformers with {@code bnb_4bit_use_double_quant}. */
    public static final Nf4Quantiser USUAL = new Nf4Quantiser(64, true);
    /** Sizes of a block that bitsandbytes takes: powers of two from the first to the last. */
    static final int SMALLEST_BLOCK = 32, LARGEST_BLOCK = 4096;
    /** Elements that are wide at once, about: 4 MB. */
    private static final long AT_ONCE = 1 << 20;
    /** Blocks that one thread takes at a time. */
    private static final int BLOCKS_AT_ONCE = 1024;
    /** What bitsandbytes divides by where all of a block is zero. */
    private static final float LEAST = 1e-38f;

    public Nf4Quantiser {
        if (!isBlock(block)) {
            throw new IllegalArgumentException("blocks of " + block);
        }
    }

    /** Whether there are blocks of so many elements. */
    public static boolean isBlock(long size) {
        return size >= SMALLEST_BLOCK && size <= LARGEST_BLOCK && Long.bitCount(size) == 1;
    }

    /** The same weight in NF4. @param weight in any floating type; one that is in NF4 stays as it is */
    public Nf4Weight of(Weight weight) {
        if (weight instanceof Nf4Weight already) {
            return already;
        }
        DType rounded = weight.type() == DType.BF16 || weight.type() == DType.F16 ? weight.type() : DType.F32;
        Layout layout = new Layout(weight.outputs(), weight.inputs(), block, rounded, Order.RUNNING,
                weight.isTransposed());
        float[] largest = new float[Math.toIntExact(layout.blocks())];
        // All that stays is made before anything that does not: between the two, the allocator would keep holes.
        Tensor packed = Tensor.hostBytes(layout.bytes());
        Nf4Scales.Places places = Nf4Scales.Places.of(largest.length, nested);
        ByteBuffer memory = packed.memory();
        long rows = Math.max(1, AT_ONCE / weight.inputs() / block) * block; // such slices begin with a block
        for (long from = 0; from < weight.outputs(); from += rows) {
            long start = from, length = Math.min(rows, weight.outputs() - from);
            Scope.run(() -> NoGrad.run(() -> quantise(weight.wide(DType.F32, start, length).to(Device.CPU)
                    .contiguous().memory().asFloatBuffer(), start * weight.inputs(), memory, largest)));
        }
        return new Nf4Weight(layout, packed, places.filled(largest));
    }

    /** @param first element of the values, where a block begins */
    private void quantise(FloatBuffer wide, long first, ByteBuffer packed, float[] largest) {
        int count = wide.capacity(), firstBlock = (int) (first / block), blocks = (count + block - 1) / block;
        HostThreads.each(blocks, BLOCKS_AT_ONCE, (from, to) -> {
            int start = (int) (from * block);
            float[] values = new float[(int) Math.min(count, to * block) - start];
            wide.get(start, values, 0, values.length);
            byte[] bytes = new byte[(values.length + 1) / 2];
            for (int lower = 0; lower < values.length; lower += block) {
                int upper = Math.min(values.length, lower + block);
                largest[(int) (firstBlock + from) + lower / block] = quantise(values, lower, upper, bytes, lower);
            }
            packed.put((int) ((first + start) / 2), bytes, 0, bytes.length);
        });
    }

    /** One block. Returns its scale. */
    private float quantise(float[] values, int from, int to, byte[] bytes, int at) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        boolean whole = to - from == block;
        // bitsandbytes multiplies whole blocks by the reciprocal, and divides the last where it is none
        float divisor = Math.max(largest, LEAST), inverse = 1 / divisor;
        for (int i = from; i < to; i += 2) {
            int high = code(values[i], whole, divisor, inverse),
                    low = i + 1 < to ? code(values[i + 1], whole, divisor, inverse) : Nf4Code.nearest(0);
            bytes[at + i - from >> 1] = (byte) (high << 4 | low);
        }
        return whole ? largest : divisor;
    }

    private static int code(float value, boolean whole, float divisor, float inverse) {
        return Nf4Code.nearest(Math.max(-1, Math.min(1, whole ? value * inverse : value / divisor)));
    }
}
