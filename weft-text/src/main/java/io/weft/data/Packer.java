package io.weft.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Lays several documents into one row of the batch, so that no place is spent on padding. Best-fit decreasing (Ding et
 * al. 2024, arXiv:2404.10830): the longest first, each into the row with the least room that still takes it. Documents
 * stay whole and apart: {@link Batch} starts positions again in each and attention never crosses.
 */
public final class Packer {
    private Packer() {}

    /**
     * Lays groups into rows, each group whole.
     *
     * @param groups    in memory only their lengths are needed
     * @param maxLength most tokens of a document; a row takes as many times that as the largest group has documents
     */
    public static Rows pack(ExampleStore groups, int maxLength) {
        List<int[]> packs = bestFitDecreasing(groups.lengths(), maxLength * groups.mostDocuments());
        return new Rows() {
            @Override public int count() { return packs.size(); }

            @Override public List<ExampleGroup> get(int number) {
                return Arrays.stream(packs.get(number)).mapToObj(groups::get).toList();
            }
        };
    }

    /**
     * Packs all documents together.
     *
     * @param lengths  tokens of each document, from 0 to capacity; a document of 0 tokens goes nowhere
     * @param capacity tokens in a pack
     * @return packs in the order in which they were begun, each the numbers of its documents in the order in which they
     *     lie. Documents of one length keep their order; of several packs with the same room, the one that has had it
     *     the longest is filled
     */
    public static List<int[]> bestFitDecreasing(int[] lengths, int capacity) {
        int[] longestFirst = IntStream.range(0, lengths.length).filter(i -> lengths[i] > 0).boxed()
                .sorted(Comparator.comparingInt((Integer i) -> lengths[i]).reversed()).mapToInt(Integer::intValue)
                .toArray();
        List<List<Integer>> packs = new ArrayList<>();
        var byRoom = new TreeMap<Integer, Deque<List<Integer>>>();
        for (int document : longestFirst) {
            int length = lengths[document];
            if (length > capacity) {
                throw new IllegalArgumentException("document " + document + " has " + length + " tokens, a pack takes "
                        + capacity);
            }
            var fitting = byRoom.ceilingEntry(length);
            int room = fitting == null ? capacity : fitting.getKey();
            List<Integer> pack;
            if (fitting == null) {
                pack = new ArrayList<>();
                packs.add(pack);
            } else {
                pack = fitting.getValue().removeFirst();
                if (fitting.getValue().isEmpty()) {
                    byRoom.remove(room);
                }
            }
            pack.add(document);
            if (room > length) {
                byRoom.computeIfAbsent(room - length, r -> new ArrayDeque<>()).addLast(pack);
            }
        }
        return packs.stream().map(pack -> pack.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    /** Part of a document. @param from its first token in the document  @param length tokens */
    public record Slice(int document, int from, int length) {}

    /**
     * Cuts documents longer than the capacity into pieces of that length and a rest: what best-fit decreasing is given
     * for plain text ({@code bfd_split} in TRL). Empty ones vanish.
     */
    public static List<Slice> slices(int[] lengths, int capacity) {
        List<Slice> slices = new ArrayList<>();
        for (int document = 0; document < lengths.length; document++) {
            for (int from = 0; from < lengths[document]; from += capacity) {
                slices.add(new Slice(document, from, Math.min(capacity, lengths[document] - from)));
            }
        }
        return slices;
    }
}
