package io.weft.data;

import java.util.Arrays;

/** Numbers that become more, four bytes each: figures of millions of rows. */
public final class IntList {
    private int[] values = new int[1 << 10];
    private int size;

    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    public int get(int index) { return values[index]; }

    public void set(int index, int value) { values[index] = value; }

    public int size() { return size; }

    public int[] toArray() { return Arrays.copyOf(values, size); }
}
