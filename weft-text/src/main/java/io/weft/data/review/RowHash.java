package io.weft.data.review;

import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;

/**
 * By what a row is known again after its file was edited: all that it says. Begins with the version of this way of
 * knowing, which also keeps spreadsheets from taking it for a number.
 */
public final class RowHash {
    private static final String VERSION = "h1-";

    private RowHash() {}

    public static String of(Sample sample) { return VERSION + String.format("%016x", Fingerprint.of(sample.words())); }

    /** Whether a text is one that this Weft writes. */
    static boolean isKnown(String text) { return text.matches("h1-[0-9a-f]{16}"); }

    /** Whether it was written by a Weft that knows rows otherwise. */
    static boolean isNewer(String text) { return text.matches("h[0-9]+-.+") && !text.startsWith(VERSION); }
}
