package io.weft.problem;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelled word was meant to be. */
public final class Spelling {
    private Spelling() {}

    /**
     * The word that is meant, when one is near: at most a third of the letters differ. Case and the joints of {@code
     * learning_rate} or {@code learning-rate} count for nothing.
     */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String best = null;
        int least = Math.max(1, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(letters(word), letters(candidate));
            if (distance < least) {
                best = candidate;
                least = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Whether the words differ at most in case and joints. */
    public static boolean same(String one, String other) { return letters(one).equals(letters(other)); }

    private static String letters(String word) { return word.toLowerCase(Locale.ROOT).replaceAll("[_\\-\\s]", ""); }

    /**
     * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string
     * alignment).
     */
    static int distance(String one, String other) {
        int[][] d = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[one.length()][other.length()];
    }
}
