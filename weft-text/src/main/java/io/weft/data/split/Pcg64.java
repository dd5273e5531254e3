package io.weft.data.split;

import java.math.BigInteger;

/**
 * numpy's default generator: PCG XSL-RR 128/64 (O'Neill 2014) seeded through its SeedSequence, so that a seed gives the
 * rows that Python gives. Not for several threads.
 */
final class Pcg64 {
    private static final BigInteger MASK_128 = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
    private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L, MULTIPLIER_LOW = 0x4385DF649FCCF645L;
    private final long incrementHigh, incrementLow;
    private long stateHigh, stateLow;
    // upper half of the last draw, used by the next 32-bit draw; -1 for none
    private long kept = -1;

    /** @param seed 0 or more */
    Pcg64(long seed) {
        int[] words = new SeedSequence(seed).generate(8);
        BigInteger start = joined(words, 0), increment = joined(words, 4).shiftLeft(1).or(BigInteger.ONE).and(MASK_128);
        incrementHigh = increment.shiftRight(64).longValue();
        incrementLow = increment.longValue();
        BigInteger first = increment.add(start).and(MASK_128);       // one step from state 0 leaves the increment
        stateHigh = first.shiftRight(64).longValue();
        stateLow = first.longValue();
        advance();
    }

    long nextLong() {
        advance();
        return Long.rotateRight(stateHigh ^ stateLow, (int) (stateHigh >>> 58));
    }

    /** The low half of a 64-bit draw, then its high half. */
    int nextInt() {
        if (kept >= 0) {
            int value = (int) kept;
            kept = -1;
            return value;
        }
        long drawn = nextLong();
        kept = drawn >>> 32;
        return (int) drawn;
    }

    /**
     * {@code Generator.permutation(count)}: Fisher-Yates from the end, each place drawn by masked rejection (shuffle
     * does not use the multiplication of {@code integers}).
     */
    int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        for (int i = count - 1; i > 0; i--) {
            int j = atMost(i), swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    private int atMost(int largest) {
        int mask = -1 >>> Integer.numberOfLeadingZeros(largest);
        while (true) {
            int drawn = nextInt() & mask;
            if (drawn <= largest) {
                return drawn;
            }
        }
    }

    private void advance() {
        // unsigned from signed
        long high = Math.multiplyHigh(stateLow, MULTIPLIER_LOW) + (stateLow >> 63 & MULTIPLIER_LOW)
                + (MULTIPLIER_LOW >> 63 & stateLow);
        high += stateHigh * MULTIPLIER_LOW + stateLow * MULTIPLIER_HIGH;
        long low = stateLow * MULTIPLIER_LOW;
        stateLow = low + incrementLow;
        stateHigh = high + incrementHigh + (Long.compareUnsigned(stateLow, low) < 0 ? 1 : 0);
    }

    /** Four words as a 128-bit number: two 64-bit ones, the upper first, each with its lower half first. */
    private static BigInteger joined(int[] words, int from) {
        BigInteger value = BigInteger.ZERO;
        for (int i : new int[] {1, 0, 3, 2}) {
            value = value.shiftLeft(32).or(BigInteger.valueOf(words[from + i] & 0xffffffffL));
        }
        return value;
    }

    /** numpy's SeedSequence with a pool of four words and no spawn key. */
    private static final class SeedSequence {
        private final int[] pool = new int[4];
        private int hash = 0x43B0D7E5;

        SeedSequence(long seed) {
            pool[0] = hashed((int) seed);
            pool[1] = hashed((int) (seed >>> 32));
            pool[2] = hashed(0);
            pool[3] = hashed(0);
            for (int from = 0; from < 4; from++) {
                for (int to = 0; to < 4; to++) {
                    if (from != to) {
                        pool[to] = mixed(pool[to], hashed(pool[from]));
                    }
                }
            }
        }

        int[] generate(int count) {
            int[] words = new int[count];
            int constant = 0x8B51F9DD;
            for (int i = 0; i < count; i++) {
                int value = pool[i % 4] ^ constant;
                constant *= 0x58F38DED;
                value *= constant;
                words[i] = value ^ value >>> 16;
            }
            return words;
        }

        private int hashed(int value) {
            value ^= hash;
            hash *= 0x931E8875;
            value *= hash;
            return value ^ value >>> 16;
        }

        private static int mixed(int x, int y) {
            int result = 0xCA01F9DD * x - 0x4973F715 * y;
            return result ^ result >>> 16;
        }
    }
}
