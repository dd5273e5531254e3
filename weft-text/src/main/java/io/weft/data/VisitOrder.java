package io.weft.data;

import java.util.function.IntFunction;

/**
 * The order in which an epoch visits its rows (packs, when packing): a pure function, so a resumed run finds its place
 * again.
 */
public final class VisitOrder {
    private static final int LARGEST = (int) (0xffffffffL / 20);     // above it torch draws 64 bits a row

    private VisitOrder() {}

    /** As {@link #of}, by epoch; the last epoch's order is remembered, for every step asks for it. */
    public static IntFunction<int[]> remembering(int rows, long seed) {
        return new IntFunction<>() {
            private int last = -1;
            private int[] order;

            @Override public int[] apply(int epoch) {
                if (epoch != last) {
                    order = of(rows, seed, epoch);
                    last = epoch;
                }
                return order;
            }
        };
    }

    /**
     * {@code torch.randperm(rows, generator=torch.Generator().manual_seed(seed + epoch))}, which Hugging Face's Trainer
     * follows.
     *
     * @param epoch counted from 0
     */
    public static int[] of(int rows, long seed, int epoch) {
        if (rows < 0 || rows >= LARGEST) {
            throw new IllegalArgumentException("visit order of " + rows + " rows: from 0 to " + (LARGEST - 1));
        }
        var random = new MersenneTwister(seed + epoch);
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        for (int i = 0; i < rows - 1; i++) {
            int j = i + (int) (random.nextUnsigned() % (rows - i)), swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /**
     * mt19937 (Matsumoto and Nishimura 1998), the generator behind {@code torch.manual_seed} on a CPU; only the low 32
     * bits
     * of the seed count, as there. Not for several threads.
     */
    private static final class MersenneTwister {
        private static final int SIZE = 624, MIDDLE = 397;
        private final int[] state = new int[SIZE];
        private int next = SIZE;

        MersenneTwister(long seed) {
            state[0] = (int) seed;
            for (int i = 1; i < SIZE; i++) {
                state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
            }
        }

        /** 32 random bits, from 0 to 2^32 - 1. */
        long nextUnsigned() {
            if (next == SIZE) {
                refill();
            }
            int y = state[next++];
            y ^= y >>> 11;
            y ^= y << 7 & 0x9d2c5680;
            y ^= y << 15 & 0xefc60000;
            y ^= y >>> 18;
            return y & 0xffffffffL;
        }

        private void refill() {
            for (int i = 0; i < SIZE; i++) {
                int y = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7fffffff;
                state[i] = state[(i + MIDDLE) % SIZE] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
            }
            next = 0;
        }
    }
}
