package io.weft.data.clean;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Signatures by some of their places: those that agree in all of them are found at once. An open addressing table of
 * their numbers, seven to ten bytes each; the places themselves it reads from the signatures.
 */
final class Band {
    /** With so many alike in a band, further ones add time and hardly anything to be found. */
    private static final int MOST_ALIKE = 32;
    private static final double FULL = 0.75, GROWTH = 1.5;
    private final MinHashes signatures;
    private final int from, to;
    private int[] slots = new int[1 << 8];   // number + 1; 0: free
    private byte[] tags = new byte[1 << 8];   // eight bits of each one's hash, so that few others' places are read
    private int used;

    /** @param from first place  @param to behind the last */
    Band(MinHashes signatures, int from, int to) {
        this.signatures = signatures;
        this.from = from;
        this.to = to;
    }

    /** Every stored signature that agrees with this one, in the order in which they were added. */
    void forEachLike(byte[] signature, IntConsumer found) {
        long hash = MinHashes.hash(signature, from, to);
        for (int slot = slot(hash); slots[slot] != 0; slot = after(slot)) {
            if (isLike(slot, hash, signature)) {
                found.accept(slots[slot] - 1);
            }
        }
    }

    /** Stores a signature unless many are stored that agree with it. */
    void add(int number, byte[] signature) {
        long hash = MinHashes.hash(signature, from, to);
        int slot = slot(hash);
        for (int alike = 0; slots[slot] != 0; slot = after(slot)) {
            if (isLike(slot, hash, signature) && ++alike == MOST_ALIKE) {
                return;
            }
        }
        slots[slot] = number + 1;
        tags[slot] = (byte) hash;
        if (++used > FULL * slots.length) {
            grow();
        }
    }

    private boolean isLike(int slot, long hash, byte[] signature) {
        return tags[slot] == (byte) hash && signatures.equal(slots[slot] - 1, signature, from, to);
    }

    /** In the order of their numbers, so that what was added first is found first. */
    private void grow() {
        int[] old = slots;
        int[] numbers = new int[used];
        int count = 0;
        for (int entry : old) {
            if (entry != 0) {
                numbers[count++] = entry;
            }
        }
        Arrays.sort(numbers);
        slots = new int[(int) (old.length * GROWTH)];
        tags = new byte[slots.length];
        for (int entry : numbers) {
            long hash = signatures.hash(entry - 1, from, to);
            int slot = slot(hash);
            while (slots[slot] != 0) {
                slot = after(slot);
            }
            slots[slot] = entry;
            tags[slot] = (byte) hash;
        }
    }

    /** Spreads 32 bits of a hash over any number of slots (Lemire 2019). */
    private int slot(long hash) { return (int) ((hash >>> 32) * slots.length >>> 32); }

    private int after(int slot) { return slot + 1 == slots.length ? 0 : slot + 1; }
}
