package io.weft.data;

/**
 * mt19937 (Matsumoto and Nishimura 1998), the generator behind {@code torch.manual_seed} on a CPU; only the low 32 bits
 * of the seed count, as there. Not for several threads.
 */
final class MersenneTwister {
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
