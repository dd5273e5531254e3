package io.weft.data.clean;

import java.util.Arrays;

/**
 * What a text is compared by: the set of its runs of five letters or digits, or three Chinese characters, each as a
 * hash. Case, width, punctuation and line breaks do not count, so that a text that was only typed anew is the same set.
 * Runs of characters and not of words, since Chinese writes no spaces (Broder 1997 leaves open what a shingle is made
 * of).
 */
final class Shingles {
    /** An ideograph says about as much as two letters, so a run of three weighs as much as one of five letters. */
    private static final int IDEOGRAPH = 2, LETTER = 1, WEIGHT = 5;
    private static final int FULL_WIDTH = 0xff01, LAST_FULL_WIDTH = 0xff5e, TO_HALF_WIDTH = 0xfee0;
    /** Longer texts are compared by their beginning. */
    private static final int LONGEST = 1 << 17;

    private Shingles() {}

    /** In their order, some more than once; of a text shorter than a run one, without letters and digits none. */
    static long[] of(String text) {
        int[] folded = folded(text);
        long[] hashes = new long[folded.length];
        int count = 0;
        for (int from = 0, to = 0, weight = 0; from < folded.length; weight -= weight(folded[from]), from++) {
            while (to < folded.length && weight < WEIGHT) {
                weight += weight(folded[to++]);
            }
            if (weight < WEIGHT && from > 0) {
                break;
            }
            hashes[count++] = hash(folded, from, to);
        }
        return Arrays.copyOf(hashes, count);
    }

    /** The same ascending and each once. */
    static long[] set(long[] hashes) {
        long[] sorted = hashes.clone();
        Arrays.sort(sorted);
        int kept = 0;
        for (long hash : sorted) {
            if (kept == 0 || hash != sorted[kept - 1]) {
                sorted[kept++] = hash;
            }
        }
        return Arrays.copyOf(sorted, kept);
    }

    private static int weight(int c) { return Character.isIdeographic(c) ? IDEOGRAPH : LETTER; }

    /** Letters and digits in lower case and half width; whatever stands between them as one space. */
    private static int[] folded(String text) {
        int[] folded = new int[Math.min(text.length(), LONGEST)];
        int count = 0;
        boolean gap = false;
        for (int at = 0; at < text.length() && count + 1 < folded.length + (gap ? 0 : 1); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            c = c >= FULL_WIDTH && c <= LAST_FULL_WIDTH ? c - TO_HALF_WIDTH : c;
            if (!Character.isLetterOrDigit(c)) {
                gap = count > 0;
                continue;
            }
            if (gap && count + 1 < folded.length) {
                folded[count++] = ' ';
            }
            gap = false;
            folded[count++] = Character.toLowerCase(c);
        }
        return Arrays.copyOf(folded, count);
    }

    private static long hash(int[] characters, int from, int to) {
        long hash = 0;
        for (int i = from; i < to; i++) {
            hash = (hash ^ characters[i]) * 0x9e3779b97f4a7c15L;   // 2^64 over the golden ratio, odd
            hash ^= hash >>> 29;
        }
        return mixed(hash);
    }

    /** Spreads a number over all 64 bits (Steele, Lea, Flood 2014: SplitMix64's finaliser). */
    static long mixed(long number) {
        long mixed = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** Shared ones over all: Jaccard's similarity of two sets, from 0 to 1; 0 where one of the two says nothing. */
    static double similarity(long[] one, long[] other) {
        int shared = 0;
        for (int i = 0, j = 0; i < one.length && j < other.length; ) {
            int order = Long.compare(one[i], other[j]);
            shared += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        int all = one.length + other.length - shared;
        return shared == 0 ? 0 : (double) shared / all;
    }
}
