package io.weft.data.clean;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Signatures of sets, 64 bytes each, by which the similarity of two sets is estimated: the share of equal places is
 * Jaccard's similarity (Broder 1997). One hash a member gives all places (one permutation hashing; Li, Owen, Zhang
 * 2012), empty places borrow from a full one (Shrivastava 2017, "optimal densification"), and of each place eight bits
 * are kept (Li, König 2010).
 */
final class MinHashes {
    static final int PLACES = 64;
    private static final int CHUNK = 1 << 14;
    private final long seed;
    private final List<byte[]> chunks = new ArrayList<>();
    private int size;

    MinHashes(long seed) { this.seed = Shingles.mixed(seed); }

    /** Threads may ask at once. @param set of hashes, not empty */
    byte[] signature(long[] set) {
        long[] least = new long[PLACES];
        Arrays.fill(least, Long.MAX_VALUE);
        for (long member : set) {
            long hash = Shingles.mixed(member ^ seed);
            int place = (int) (hash >>> 58);
            least[place] = Math.min(least[place], hash & 0x03ff_ffff_ffff_ffffL);
        }
        byte[] signature = new byte[PLACES];
        for (int place = 0; place < PLACES; place++) {
            int from = place;
            for (int attempt = 1; least[from] == Long.MAX_VALUE; attempt++) {
                from = (int) (Shingles.mixed(seed + place * 0x1_0000L + attempt) >>> 58);
            }
            // the place goes in, so that what several places borrow is not the same byte in each
            signature[place] = (byte) Shingles.mixed(least[from] + place);
        }
        return signature;
    }

    /** @return its number, from 0 */
    int add(byte[] signature) {
        if (size == chunks.size() * CHUNK) {
            chunks.add(new byte[CHUNK * PLACES]);
        }
        System.arraycopy(signature, 0, chunks.get(size / CHUNK), size % CHUNK * PLACES, PLACES);
        return size++;
    }

    int size() { return size; }

    /** How many places of a stored signature are those of another. */
    int equalPlaces(int number, byte[] other) {
        byte[] chunk = chunks.get(number / CHUNK);
        int start = number % CHUNK * PLACES, equal = 0;
        for (int i = 0; i < PLACES; i++) {
            equal += chunk[start + i] == other[i] ? 1 : 0;
        }
        return equal;
    }

    /** Whether a run of places of a stored signature is that of another. */
    boolean equal(int number, byte[] other, int from, int to) {
        int start = number % CHUNK * PLACES;
        return Arrays.equals(chunks.get(number / CHUNK), start + from, start + to, other, from, to);
    }

    /** A hash of a run of places of a stored signature. */
    long hash(int number, int from, int to) {
        int start = number % CHUNK * PLACES;
        return hash(chunks.get(number / CHUNK), start + from, start + to);
    }

    static long hash(byte[] bytes, int from, int to) {
        long hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 257 + (bytes[i] & 0xff) + 1;
        }
        return Shingles.mixed(hash);
    }
}
