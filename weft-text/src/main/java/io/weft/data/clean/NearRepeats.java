package io.weft.data.clean;

import io.weft.data.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Finds rows that say nearly the same: MinHash signatures in bands (Broder 1997; locality sensitive hashing, Indyk and
 * Motwani 1998) name the candidates, and the true Jaccard similarity of their {@link Shingles} decides. Holds some 150
 * bytes a row and no text; what a row says is asked again for candidates only. The same rows and seed give the same
 * pairs, whatever the number of threads.
 *
 * <p>What a tenth of the rows say, such as the frame of an instruction, does not count: else all rows of a data set
 * with one long instruction and short inputs were repetitions of each other.
 */
public final class NearRepeats {
    /** The share of pairs of exactly the asked similarity that the bands must bring together. */
    private static final double FOUND = 0.99;
    /** A signature of 64 places errs by some 0.05: candidates may fall short by three times that. */
    private static final double MARGIN = 0.15;
    private static final int BLOCK = 1 << 12, MOST_COMPARED = 8;
    /** By so many rows it is told what a tenth of all say; among fewer than {@link #FEW} nothing is a frame. */
    private static final int SAMPLED = 1_000, FEW = 50, ONE_IN = 10;
    private final IntFunction<String> texts;
    private final double similarity;
    private final FingerprintSet frame;
    private final MinHashes signatures;
    private final List<Band> bands = new ArrayList<>();
    private int[] rows = new int[1 << 10];
    private final BitSet repeating = new BitSet();

    /** A row that says nearly what another one says. @param similarity of the two, from the asked one to 1 */
    public record Near(int row, int earlier, double similarity) {}

    private record Read(int row, long[] shingles, byte[] signature) {}

    /**
     * @param rows       how many there are: their numbers are 0 to below it
     * @param texts      what the row of a number says, see {@link #text}; several threads ask, and some rows again
     * @param similarity from 0.5 to 1: the least that is called near
     */
    public NearRepeats(int rows, IntFunction<String> texts, double similarity, long seed) {
        if (!(similarity >= 0.5 && similarity <= 1)) {
            throw new IllegalArgumentException("similarity " + similarity);
        }
        this.texts = texts;
        this.similarity = similarity;
        frame = frame(rows, texts);
        signatures = new MinHashes(seed);
        int width = width(similarity);
        for (int from = 0; from + width <= MinHashes.PLACES; from += width) {
            bands.add(new Band(signatures, from, from + width));
        }
    }

    /** What of a row is compared: all that it says, what is asked and what is answered. */
    public static String text(Sample sample) { return String.join("\n", sample.words()); }

    /** The widest bands, which name the fewest candidates, that still find what is to be found. */
    private static int width(double similarity) {
        int width = 1;
        while (found(similarity, width + 1) >= FOUND && width < MinHashes.PLACES / 4) {
            width++;
        }
        return width;
    }

    private static double found(double similarity, int width) {
        return 1 - Math.pow(1 - Math.pow(similarity, width), Math.floor((double) MinHashes.PLACES / width));
    }

    private static FingerprintSet frame(int rows, IntFunction<String> texts) {
        int sampled = Math.min(rows, SAMPLED);
        if (sampled < FEW) {
            return new FingerprintSet();
        }
        Map<Long, Integer> counts = new HashMap<>();
        for (int i = 0; i < sampled; i++) {
            for (long shingle : Shingles.set(Shingles.of(texts.apply((int) ((long) i * rows / sampled))))) {
                counts.merge(shingle, 1, Integer::sum);
            }
        }
        FingerprintSet frame = new FingerprintSet();
        counts.forEach((shingle, count) -> {
            if (count * ONE_IN > sampled) {
                frame.add(shingle);
            }
        });
        return frame;
    }

    /**
     * Compares each row with those before it that themselves repeat none, so that whoever drops the found rows keeps
     * for each of them one that is as near as asked. Rows join those that later ones are compared with.
     */
    public void among(int[] numbers, Consumer<Near> found) {
        read(numbers, row -> {
            int own = signatures.size();
            Near near = nearest(row, true);
            if (near != null) {
                repeating.set(own);
                found.accept(near);
            }
            add(row);
        });
    }

    /** Compares each row with all that joined, and lets none join. */
    public void against(int[] numbers, Consumer<Near> found) {
        read(numbers, row -> {
            Near near = nearest(row, false);
            if (near != null) {
                found.accept(near);
            }
        });
    }

    /** In the order of the numbers; rows without a letter or digit are left out. */
    private void read(int[] numbers, Consumer<Read> next) {
        for (int from = 0; from < numbers.length; from += BLOCK) {
            int[] block = Arrays.copyOfRange(numbers, from, Math.min(numbers.length, from + BLOCK));
            List<Read> read = IntStream.of(block).parallel().mapToObj(this::read).toList();
            read.stream().filter(row -> row.shingles.length > 0).forEachOrdered(next);
        }
    }

    private Read read(int row) {
        long[] shingles = shingles(row);
        return new Read(row, shingles, shingles.length == 0 ? new byte[0] : signatures.signature(shingles));
    }

    /** Without those of the frame, unless the row says no more than that. */
    private long[] shingles(int row) {
        long[] all = Shingles.of(texts.apply(row));
        long[] own = frame.size() == 0 ? all : Arrays.stream(all).filter(shingle -> !frame.contains(shingle)).toArray();
        return own.length == 0 ? all : own;
    }

    private void add(Read row) {
        int number = signatures.add(row.signature);
        if (number == rows.length) {
            rows = Arrays.copyOf(rows, number + (number >> 1));
        }
        rows[number] = row.row;
        bands.forEach(band -> band.add(number, row.signature));
    }

    /** The most similar of the likeliest candidates, the earliest of several; null where none is near enough. */
    private Near nearest(Read row, boolean onlyFirsts) {
        Set<Integer> candidates = new HashSet<>();
        bands.forEach(band -> band.forEachLike(row.signature, candidates::add));
        List<int[]> likely = new ArrayList<>();   // equal places, number
        for (int candidate : candidates) {
            int equal = signatures.equalPlaces(candidate, row.signature);
            if (!(onlyFirsts && repeating.get(candidate)) && equal >= (similarity - MARGIN) * MinHashes.PLACES) {
                likely.add(new int[] {equal, candidate});
            }
        }
        Collections.sort(likely, (one, other) -> one[0] != other[0] ? other[0] - one[0] : one[1] - other[1]);
        long[] own = likely.isEmpty() ? row.shingles : Shingles.set(row.shingles);
        Near nearest = null;
        for (int[] candidate : likely.subList(0, Math.min(MOST_COMPARED, likely.size()))) {
            int other = rows[candidate[1]];
            double same = Shingles.similarity(own, Shingles.set(shingles(other)));
            if (same >= similarity && (nearest == null || same > nearest.similarity)) {
                nearest = new Near(row.row, other, same);
            }
        }
        return nearest;
    }
}
