package io.weft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * Random values that are a pure function of a key and an index: SplitMix64 (Steele, Lea and Flood 2014) read as a
 * counter generator. Nothing has to be saved for a run to go on exactly, and any part can be drawn by any thread. Not
 * for secrets.
 */
public final class RandomStream {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final int DRAWN_TOGETHER = 1 << 16, FOURS_AT_ONCE = 1 << 10;
    private final long key;

    private RandomStream(long key) { this.key = key; }

    /** @param path names the stream, e.g. seed, step, micro-batch, place: different paths give independent streams */
    public static RandomStream of(long... path) {
        long key = 0x243F6A8885A308D3L; // digits of pi, so that no path is the zero key
        for (long part : path) {
            key = mix(key ^ mix(part + GOLDEN_GAMMA));
        }
        return new RandomStream(key);
    }

    /** 64 random bits. */
    public long bits(long index) { return mix(key + index * GOLDEN_GAMMA); }

    /** Uniform in [0, 1), 53 bits. */
    public double uniform(long index) { return (bits(index) >>> 11) * 0x1.0p-53; }

    /** Uniform values in [low, high). */
    public Tensor uniform(double low, double high, long... shape) {
        Tensor made = Tensor.host(DType.F32, shape);
        FloatBuffer values = floats(made);
        eachPart(Math.toIntExact(made.elements()), (from, to) -> {
            for (int i = from; i < to; i++) {
                values.put(i, (float) (low + (high - low) * uniform(i)));
            }
        });
        return made.moved();
    }

    /** Normal values of mean 0 (Box and Muller 1958). */
    public Tensor normal(double deviation, long... shape) {
        Tensor made = Tensor.host(DType.F32, shape);
        FloatBuffer values = floats(made);
        eachPart(Math.toIntExact(made.elements()), (from, to) -> {
            for (int i = from; i < to; i++) {
                double radius = Math.sqrt(-2 * Math.log(1 - uniform(2L * i)));
                values.put(i, (float) (deviation * radius * Math.cos(2 * Math.PI * uniform(2L * i + 1))));
            }
        });
        return made.moved();
    }

    /**
     * A mask of single bytes: each element is 0 with the given probability, else 1. Four elements share one draw of 64
     * bits, so the probability is kept to one part in 65,536.
     */
    public Tensor dropoutMask(double probability, long... shape) {
        Tensor made = Tensor.host(DType.U8, shape);
        int threshold = (int) Math.round(probability * 65536);
        int total = Math.toIntExact(made.elements());
        ByteBuffer mask = made.bytes(0, total);
        eachPart(total, (from, to) -> {
            int[] fours = new int[FOURS_AT_ONCE];
            int quads = (to - from) / 4;
            for (int done = 0; done < quads; done += fours.length) {
                int count = Math.min(fours.length, quads - done), at = from + 4 * done;
                kept(fours, count, (at >>> 2), threshold);
                mask.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(at).asIntBuffer().put(fours, 0, count);
            }
            long word = bits((from >>> 2) + quads);
            for (int i = from + 4 * quads; i < to; i++, word >>>= 16) {
                mask.put(i, (byte) ((word & 0xffff) < threshold ? 0 : 1));
            }
        });
        return made.moved();
    }

    /**
     * Bytes of 0 and 1 of four elements each, those of a draw from its lowest bits on: whether 16 bits of it are at
     * least the threshold. All four lanes are compared at once, without a branch that no processor could foresee: with
     * its highest bit set, a lane lends nothing from the next when the threshold is taken off, and keeps that bit where
     * its other bits are enough.
     */
    private void kept(int[] fours, int count, long first, int threshold) {
        long high = 0x8000_8000_8000_8000L, each = 0x0001_0001_0001_0001L;
        boolean upper = threshold > 0x8000;
        long taken = (upper ? threshold - 0x8000 : threshold) * each;
        // a threshold in the upper half wants the highest bit, too; for one in the lower half that bit alone is enough
        long sufficient = upper ? 0 : high;
        for (int i = 0; i < count; i++) {
            long word = bits(first + i), others = (word | high) - taken;
            long lanes = ((others | word & sufficient) & (word | sufficient) & high) >>> 15;
            fours[i] = (int) (lanes & 1 | lanes >>> 8 & 0x100 | lanes >>> 16 & 0x10000 | lanes >>> 24 & 0x1000000);
        }
    }

    private interface Part {
        void fill(int from, int to);
    }

    private static FloatBuffer floats(Tensor tensor) {
        return tensor.bytes(0, Math.multiplyExact(Math.toIntExact(tensor.elements()), 4)).asFloatBuffer();
    }

    private static void eachPart(int total, Part part) {
        int parts = (total + DRAWN_TOGETHER - 1) / DRAWN_TOGETHER;
        IntStream range = IntStream.range(0, parts);
        (parts > 1 ? range.parallel() : range)
                .forEach(n -> part.fill(n * DRAWN_TOGETHER, Math.min(total, (n + 1) * DRAWN_TOGETHER)));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
