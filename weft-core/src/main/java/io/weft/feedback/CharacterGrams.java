package io.weft.feedback;

import java.util.Arrays;
import java.util.Locale;

/** Texts as the sets of their pieces of three characters, hashed: alike in English and Chinese. */
final class CharacterGrams {
    private static final int LENGTH = 3;

    private CharacterGrams() {}

    /** Sorted, each once. */
    static int[] of(String text) {
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
        int count = Math.max(1, plain.length() - LENGTH + 1);
        int[] grams = new int[count];
        for (int i = 0; i < count; i++) {
            grams[i] = plain.substring(i, Math.min(plain.length(), i + LENGTH)).hashCode();
        }
        return Arrays.stream(grams).sorted().distinct().toArray();
    }

    /** Jaccard's: what both have as a share of what either has. */
    static double similarity(int[] one, int[] other) {
        int both = 0;
        for (int i = 0, k = 0; i < one.length && k < other.length; ) {
            if (one[i] == other[k]) {
                both++;
                i++;
                k++;
            } else if (one[i] < other[k]) {
                i++;
            } else {
                k++;
            }
        }
        return (double) both / (one.length + other.length - both);
    }
}
