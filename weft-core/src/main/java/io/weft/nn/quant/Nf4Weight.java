package io.weft.nn.quant;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A weight in NF4 (QLoRA, Dettmers et al. 2023, arXiv:2305.14314) in bitsandbytes' layout: each element is one of 16
 * values, two of them a byte with the first in its high half, times the scale of its block. Blocks run over the
 * elements row by row, so a row may begin and end within one. It is never trained, and made anew in a wide type
 * wherever it is computed with; Java's threads do that for the host, libtorch for other devices. Owns native memory;
 * belongs to the thread that made it.
 */
public final class Nf4Weight implements Weight {
    private final Layout layout;
    private final Nf4Scales scales;
    private final Tensor packed;
    private final ByteBuffer memory;
    /** On another device than the host: what is computed with there, else null. */
    private final Elsewhere elsewhere;

    /**
     * What its bytes mean.
     *
     * @param block   elements that share a scale, an even number
     * @param rounded the type that elements are rounded to, that of the weight before it was quantised
     * @param order   in which scales belong to elements
     * @param isTransposed whether a file that is not quantised holds it the other way round
     */
    public record Layout(long outputs, long inputs, int block, DType rounded, Order order, boolean isTransposed) {
        public long elements() { return outputs * inputs; }

        public long blocks() { return (elements() + block - 1) / block; }

        /** Of two elements each. */
        public long bytes() { return (elements() + 1) / 2; }
    }

    /** Which scale an element has, where rows are no multiple of a block; elsewhere the two are the same. */
    public enum Order {
        /** One for each block, as weights are quantised. */
        RUNNING,
        /**
         * As the CPU kernel of bitsandbytes 0.50 with AVX-512 reads rows of even length: each row counts only its whole
         * blocks. Its own quantiser and its CUDA kernel do not.
         */
        BY_ROW
    }

    /** @param packed [bytes], on the host  @param scales one for each block */
    public Nf4Weight(Layout layout, Tensor packed, Nf4Scales scales) {
        this.layout = layout;
        this.packed = packed;
        this.scales = scales;
        memory = packed.memory();
        elsewhere = Device.current().isCpu() || layout.order() == Order.BY_ROW ? null
                : Elsewhere.of(layout, packed, scales);
    }

    /** The 16 values. */
    public static float[] code() { return Nf4Code.VALUES.clone(); }

    public Layout layout() { return layout; }

    public Nf4Scales scales() { return scales; }

    /** [bytes], on the host. */
    public Tensor packed() { return packed; }

    @Override public long outputs() { return layout.outputs(); }

    @Override public long inputs() { return layout.inputs(); }

    @Override public DType type() { return DType.U8; }

    @Override public boolean isTransposed() { return layout.isTransposed(); }

    @Override public Tensor wide(DType type) { return wide(type, 0, outputs()); }

    @Override public Tensor wide(DType type, long from, long length) {
        long first = from * inputs();
        if (elsewhere != null) {
            return elsewhere.wide(layout, first, length * inputs()).to(type).view(length, inputs());
        }
        return Tensor.computed((start, into, count) -> dequantise(first + start, into, count), length, inputs())
                .to(Device.current()).to(type);
    }

    /** Some elements, in the order in which they lie. */
    private void dequantise(long first, float[] into, int count) {
        long firstScale = scaleOf(first);
        float[] sizes = new float[(int) (scaleOf(first + count - 1) - firstScale) + 1], values = new float[16];
        scales.read(firstScale, sizes, sizes.length);
        byte[] bytes = new byte[(int) ((first + count + 1) / 2 - first / 2)];
        memory.get((int) (first / 2), bytes, 0, bytes.length);
        int odd = (int) (first & 1);
        for (int at = 0; at < count;) {
            float size = sizes[(int) (scaleOf(first + at) - firstScale)];
            for (int i = 0; i < values.length; i++) {
                values[i] = rounded(Nf4Code.VALUES[i] * size);
            }
            int end = (int) Math.min(count, endOfScale(first + at) - first);
            if ((at + odd & 1) == 1) {
                into[at] = values[bytes[at + odd >> 1] & 15];
                at++;
            }
            for (; at + 1 < end; at += 2) {
                int two = bytes[at + odd >> 1];
                into[at] = values[two >> 4 & 15];
                into[at + 1] = values[two & 15];
            }
            if (at < end) {
                into[at] = values[bytes[at + odd >> 1] >> 4 & 15];
                at++;
            }
        }
    }

    private long scaleOf(long element) {
        long in = layout.inputs(), block = layout.block();
        return layout.order() == Order.RUNNING ? element / block
                : element / in * (in / block) + element % in / block;
    }

    /** The first element behind this one that has another scale, or another row. */
    private long endOfScale(long element) {
        long in = layout.inputs(), block = layout.block(), row = element / in * in;
        return layout.order() == Order.RUNNING ? (element / block + 1) * block
                : row + Math.min(in, ((element - row) / block + 1) * block);
    }

    private float rounded(float value) {
        return switch (layout.rounded()) {
            case BF16 -> Rounding.toBf16(value);
            case F16 -> Rounding.toF16(value);
            default -> value;
        };
    }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(Stream.of(packed), scales.parameters(), elsewhere == null ? Stream.<Tensor>of()
                : elsewhere.tensors()).flatMap(tensors -> tensors);
    }

    /**
     * What another device computes with: all in whole blocks.
     *
     * @param packed [blocks * block / 2]  @param scales [blocks, 1]  @param pairs [256, 2] what a byte means
     */
    private record Elsewhere(Tensor packed, Tensor scales, Tensor pairs) {
        static Elsewhere of(Layout layout, Tensor packed, Nf4Scales scales) {
            float[] pairs = new float[512];
            for (int i = 0; i < 256; i++) {
                pairs[2 * i] = Nf4Code.VALUES[i >> 4];
                pairs[2 * i + 1] = Nf4Code.VALUES[i & 15];
            }
            Tensor whole = Tensor.zeros(DType.U8, layout.blocks() * layout.block() / 2);
            whole.narrow(0, 0, layout.bytes()).copyFrom(packed);
            return new Elsewhere(whole, scales.wide().unsqueeze(1), Tensor.of(pairs, 256, 2));
        }

        Tensor wide(Layout layout, long first, long count) {
            long block = layout.block(), from = first / block, blocks = (first + count - 1) / block - from + 1;
            Tensor bytes = packed.narrow(0, from * block / 2, blocks * block / 2).to(DType.I32);
            return Tensor.embedding(pairs, bytes).view(blocks, block).mul(scales.narrow(0, from, blocks))
                    .to(layout.rounded()).view(blocks * block).narrow(0, first - from * block, count);
        }

        Stream<Tensor> tensors() { return Stream.of(packed, scales, pairs); }
    }

    @Override public String toString() { return "NF4" + Arrays.toString(shape()); }
}
