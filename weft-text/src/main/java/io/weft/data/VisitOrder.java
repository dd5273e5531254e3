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
}
