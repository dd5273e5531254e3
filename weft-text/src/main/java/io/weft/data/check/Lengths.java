package io.weft.data.check;

import io.weft.data.IntList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Lengths of many texts, four bytes each. */
public final class Lengths {
    private final IntList lengths = new IntList();
    private long total;
    private int[] sorted = {};

    /** Texts of a range of lengths. @param least the shortest  @param most the longest, itself included */
    public record Bin(int least, int most, int count) {
        /** Bins of two sets of texts as those of one. */
        static List<Bin> both(List<Bin> one, List<Bin> other) {
            List<Bin> longer = one.size() >= other.size() ? one : other, shorter = longer == one ? other : one;
            return IntStream.range(0, longer.size()).mapToObj(i -> new Bin(longer.get(i).least, longer.get(i).most,
                    longer.get(i).count + (i < shorter.size() ? shorter.get(i).count : 0))).toList();
        }
    }

    public void add(int length) {
        lengths.add(length);
        total += length;
    }

    public int count() { return lengths.size(); }

    public long total() { return total; }

    /**
     * The least length that {@code share} of the texts do not exceed.
     *
     * @param share from 0 (the shortest) to 1 (the longest)
     */
    public int quantile(double share) {
        int[] ascending = sorted();
        return ascending.length == 0 ? 0 : ascending[Math.max(0, (int) Math.ceil(share * ascending.length) - 1)];
    }

    /** The share of all characters that the longest {@code share} of the texts hold. */
    public double heldByLongest(double share) {
        int[] ascending = sorted();
        int longest = (int) Math.ceil(share * ascending.length);
        return total == 0 ? 0 : (double) Arrays.stream(ascending, ascending.length - longest, ascending.length)
                .asLongStream().sum() / total;
    }

    private int[] sorted() {
        if (sorted.length < lengths.size()) {
            sorted = lengths.toArray();
            Arrays.sort(sorted);
        }
        return sorted;
    }

    /** The quantiles of 0, 1 ... 100 %. */
    public int[] percentiles() {
        return IntStream.rangeClosed(0, 100).map(percent -> quantile(percent / 100.0)).toArray();
    }

    /** How many are longer. */
    public int above(int length) {
        int[] ascending = sorted();
        int low = 0, high = ascending.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (ascending[middle] > length) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ascending.length - low;
    }

    /**
     * Each bin twice as wide as the one before, since lengths spread over powers of ten; the last holds the longest.
     */
    public List<Bin> bins() {
        List<Bin> bins = new ArrayList<>();
        int longest = quantile(1);
        for (long least = 0, end = 16; least <= longest && count() > 0; least = end, end = 2 * end) {
            int most = (int) Math.min(end - 1, Integer.MAX_VALUE);
            bins.add(new Bin((int) least, most, above((int) least - 1) - above(most)));
        }
        return bins;
    }
}
