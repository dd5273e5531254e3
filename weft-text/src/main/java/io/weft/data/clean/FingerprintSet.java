package io.weft.data.clean;

import java.util.Arrays;

/**
 * Different fingerprints, numbered in the order in which they came, about 20 bytes each: an open addressing table of
 * their numbers.
 */
public final class FingerprintSet {
    private static final int EMPTY = -1;
    private long[] fingerprints = new long[1 << 10];
    private int[] slots = empty(1 << 11);
    private int size;

    /** The number of a fingerprint, which is {@link #size} for one that was not there. */
    public int add(long fingerprint) {
        int slot = slot(fingerprint);
        if (slots[slot] != EMPTY) {
            return slots[slot];
        }
        if (size == fingerprints.length) {
            grow();
            slot = slot(fingerprint);
        }
        fingerprints[size] = fingerprint;
        slots[slot] = size;
        return size++;
    }

    public boolean contains(long fingerprint) { return slots[slot(fingerprint)] != EMPTY; }

    public int size() { return size; }

    /** Where the fingerprint's number stands or would stand. Fingerprints are evenly spread, so their bits will do. */
    private int slot(long fingerprint) {
        int slot = (int) fingerprint & slots.length - 1;
        while (slots[slot] != EMPTY && fingerprints[slots[slot]] != fingerprint) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private void grow() {
        fingerprints = Arrays.copyOf(fingerprints, 2 * size);
        slots = empty(4 * size);
        for (int number = 0; number < size; number++) {
            slots[slot(fingerprints[number])] = number;
        }
    }

    private static int[] empty(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, EMPTY);
        return slots;
    }
}
