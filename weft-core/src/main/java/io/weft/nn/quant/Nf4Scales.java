package io.weft.nn.quant;

import io.weft.nn.Parameters;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;

/** The largest absolute value of each block of a quantised weight, in memory of the host that any thread may read. */
public sealed interface Nf4Scales extends Parameters {
    /** Blocks of scales that share one scale of their own. */
    int NESTED_BLOCK = 256;

    long count();

    /** Those of some blocks. @param first block  @param into gets {@code count} of them */
    void read(long first, float[] into, int count);

    /** As they are. */
    final class Plain implements Nf4Scales {
        private final Tensor values;
        private final FloatBuffer memory;

        /** @param values [blocks] in fp32, on the host */
        public Plain(Tensor values) {
            this.values = values;
            memory = values.memory().asFloatBuffer();
        }

        public Tensor values() { return values; }

        @Override public long count() { return values.elements(); }

        @Override public void read(long first, float[] into, int count) { memory.get((int) first, into, 0, count); }

        @Override public Stream<Tensor> parameters() { return Stream.of(values); }
    }

    /**
     * Double quantisation (arXiv:2305.14314, section 3): how far each is from their mean, as a byte of a code of 256
     * values, times a scale for every {@link #NESTED_BLOCK} of them.
     */
    final class Nested implements Nf4Scales {
        private final Tensor codes, scales, values;
        private final float offset;
        private final int block;
        private final ByteBuffer memory;
        private final float[] sizes, meaning;

        /**
         * @param codes  [blocks] of bytes, on the host  @param scales [blocks of blocks] in fp32
         * @param values [256] in fp32, what a byte means  @param offset the mean  @param block scales that share one
         */
        public Nested(Tensor codes, Tensor scales, Tensor values, float offset, int block) {
            this.codes = codes;
            this.scales = scales;
            this.values = values;
            this.offset = offset;
            this.block = block;
            memory = codes.memory();
            sizes = scales.toFloats();
            meaning = values.toFloats();
        }

        public Tensor codes() { return codes; }

        public Tensor scales() { return scales; }

        public Tensor values() { return values; }

        public float offset() { return offset; }

        public int block() { return block; }

        @Override public long count() { return codes.elements(); }

        @Override public void read(long first, float[] into, int count) {
            byte[] bytes = new byte[count];
            memory.get((int) first, bytes, 0, count);
            for (int i = 0; i < count; i++) {
                into[i] = meaning[bytes[i] & 255] * sizes[(int) ((first + i) / block)] + offset;
            }
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(codes, scales, values); }
    }

    /**
     * Memory for scales that are not known yet.
     *
     * @param values [blocks] of bytes where they are quantised, else of fp32  @param scales of blocks of them, or null
     * @param code what a byte means, or null
     */
    record Places(Tensor values, Tensor scales, Tensor code) {
        static Places of(int count, boolean nested) {
            int blocks = (count + NESTED_BLOCK - 1) / NESTED_BLOCK;
            return Device.value(Device.CPU, () -> nested ? new Places(Tensor.hostBytes(count),
                    Tensor.of(new float[blocks], blocks), Tensor.of(DynamicCode.VALUES, DynamicCode.VALUES.length))
                    : new Places(Tensor.of(new float[count], count), null, null));
        }

        /** @param plain scale of each block */
        Nf4Scales filled(float[] plain) {
            if (scales == null) {
                values.memory().asFloatBuffer().put(plain);
                return new Plain(values);
            }
            double sum = 0; // in one order, so that the bits depend on no number of threads
            for (float value : plain) {
                sum += value;
            }
            float mean = (float) (sum / plain.length);
            FloatBuffer sizes = scales.memory().asFloatBuffer();
            ByteBuffer codes = values.memory();
            for (int from = 0; from < plain.length; from += NESTED_BLOCK) {
                int to = Math.min(plain.length, from + NESTED_BLOCK);
                float size = 0;
                for (int i = from; i < to; i++) {
                    size = Math.max(size, Math.abs(plain[i] - mean));
                }
                sizes.put(from / NESTED_BLOCK, size);
                float inverse = 1 / size;
                for (int i = from; i < to; i++) {
                    float share = Math.max(-1, Math.min(1, (plain[i] - mean) * inverse));
                    codes.put(i, size == 0 ? 0 : DynamicCode.of(share));
                }
            }
            return new Nested(values, scales, code, mean, NESTED_BLOCK);
        }
    }

    /** As a tensor [blocks] in fp32, on the current device. */
    default Tensor wide() {
        float[] all = new float[Math.toIntExact(count())];
        read(0, all, all.length);
        return Tensor.of(all, all.length).to(DType.F32);
    }
}
