package io.weft.nn;

import java.util.Arrays;

/**
 * Which pages of a cache's memory are taken, and by how many. A page that nobody holds any more is free. What is taken
 * at once lies side by side where that can be, since then it is read as it lies.
 */
final class Pages {
    private final int[] holders;
    private int free;

    Pages(int count) {
        holders = new int[count];
        free = count;
    }

    int count() { return holders.length; }

    int free() { return free; }

    int holders(int page) { return holders[page]; }

    void hold(int page) {
        if (holders[page] == 0) {
            throw new IllegalStateException("page " + page + " is free");
        }
        holders[page]++;
    }

    void release(int page) {
        if (holders[page] == 0) {
            throw new IllegalStateException("page " + page + " is free already");
        }
        if (--holders[page] == 0) {
            free++;
        }
    }

    /**
     * Takes pages: those behind a page where they are free, else as few runs as can be.
     *
     * @param after the page that they are to follow; -1 where there is none
     * @param growing whether more will be taken behind them later
     * @throws IllegalStateException when fewer are free
     */
    int[] take(int count, int after, boolean growing) {
        if (count > free) {
            throw new IllegalStateException(count + " pages are wanted and " + free + " are free");
        }
        int[] taken = new int[count];
        int made = 0;
        for (int page = after + 1; after >= 0 && made < count && page < holders.length && holders[page] == 0; page++) {
            made = take(page, taken, made);
        }
        while (made < count) {
            int[] run = run(count - made, growing);
            for (int page = run[0]; made < count && page < run[1]; page++) {
                made = take(page, taken, made);
            }
        }
        return taken;
    }

    private int take(int page, int[] taken, int made) {
        holders[page] = 1;
        free--;
        taken[made] = page;
        return made + 1;
    }

    /**
     * [start, end) of free pages: for what will grow, in the longest run, with as much room before as behind, so that
     * whoever stands before can grow, too; else the shortest run that is long enough, or the longest one.
     */
    private int[] run(int wanted, boolean growing) {
        int[] best = null;
        for (int page = 0; page < holders.length; page++) {
            int start = page;
            while (page < holders.length && holders[page] == 0) {
                page++;
            }
            int length = page - start, known = best == null ? 0 : best[1] - best[0];
            boolean fits = length >= wanted, knownFits = known >= wanted;
            boolean better = growing || !knownFits ? length > known : fits && length < known;
            if (length > 0 && better) {
                best = new int[] {start, page};
            }
        }
        int spare = best[1] - best[0] - wanted;
        if (growing && best[0] > 0 && spare > 0) {
            best[0] += spare / 2;
        }
        return best;
    }

    @Override public String toString() { return Arrays.toString(holders); }
}
