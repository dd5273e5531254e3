package io.weft.metric;

import io.weft.jinja.PythonSpace;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How many predictions are their reference. Strict: every character, white space at both ends aside. Normalised: also
 * when they differ only in case, full or half width (Unicode NFKC), runs of white space, or a full stop at the end.
 * Punctuation inside a text counts in both, because in "0.1" or "rank: 8" it carries the meaning.
 */
public record ExactMatch(int rows, int strictMatches, int normalisedMatches) {
    private static final Pattern FULL_STOP = Pattern.compile("[.。]+$");

    /** Counts over a corpus. */
    public static ExactMatch of(List<String> predictions, List<String> references) {
        Corpus.requirePairs(predictions, references);
        int strict = 0;
        int normalised = 0;
        for (int i = 0; i < predictions.size(); i++) {
            strict += strictly(predictions.get(i), references.get(i)) ? 1 : 0;
            normalised += normalised(predictions.get(i), references.get(i)) ? 1 : 0;
        }
        return new ExactMatch(predictions.size(), strict, normalised);
    }

    /** Share of strict matches, 0 to 1; 0 for an empty corpus. */
    public double strict() { return rows == 0 ? 0 : (double) strictMatches / rows; }

    /** Share of normalised matches, 0 to 1; never less than {@link #strict}. */
    public double normalised() { return rows == 0 ? 0 : (double) normalisedMatches / rows; }

    /** Whether one prediction matches strictly. */
    public static boolean strictly(String prediction, String reference) {
        return PythonSpace.strip(prediction).equals(PythonSpace.strip(reference));
    }

    /** Whether one prediction matches when both are normalised. */
    public static boolean normalised(String prediction, String reference) {
        return normalise(prediction).equals(normalise(reference));
    }

    static String normalise(String text) {
        String folded = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return PythonSpace.stripEnd(FULL_STOP.matcher(String.join(" ", PythonSpace.split(folded))).replaceFirst(""));
    }
}
