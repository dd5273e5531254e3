package io.weft.data.clean;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Signatures by some of their places: those that agree in all of them are found at once. An open addressing table of
 * their numbers, five to nine bytes each; what it is asked by it reads from the signatures.
 */
final class Band {
    /** With so many alike in a band, further ones add time and hardly anything to be found. */
    private static final int MOST_ALIKE = 32;
    private static final double FULL = 0.85, GROWTH = 1.6;
    private final MinHashes signatures;
    private final int from, to;
    private int[] slots = new int[1 << 8];   // number + 1; 0: free
    private int used;

    /** @param from first place  @param to behind the last */
    Band(MinHashes signatures, int from, int to) {
        this.signatures = signatures;
        this.from = from;
        this.to = to;
    }

    /** Every stored signature that agrees with this one, in the order in which they were added. */
    void forEachLike(byte[] signature, IntConsumer found) {
        for (int slot = slot(MinHashes.hash(signature, from, to)); slots[slot] != 0; slot = after(slot)) {
            if (signatures.equal(slots[slot] - 1, signature, from, to)) {
                found.accept(slots[slot] - 1);
            }
        }
    }

    /** Stores a signature unless many are stored that agree with it. */
    void add(int number, byte[] signature) {
        int slot = slot(MinHashes.hash(signature, from, to));
        for (int alike = 0; slots[slot] != 0; slot = after(slot)) {
            if (signatures.equal(slots[slot] - 1, signature, from, to) && ++alike == MOST_ALIKE) {
                return;
            }
        }
        slots[slot] = number + 1;
        if (++used > FULL * slots.length) {
            grow();
        }
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
        for (int entry : numbers) {
            int slot = slot(signatures.hash(entry - 1, from, to));
            while (slots[slot] != 0) {
                slot = after(slot);
            }
            slots[slot] = entry;
        }
    }

    /** Spreads 32 bits of a hash over any number of slots (Lemire 2019). */
    private int slot(long hash) { return (int) ((hash >>> 32) * slots.length >>> 32); }

    private int after(int slot) { return slot + 1 == slots.length ? 0 : slot + 1; }
}
