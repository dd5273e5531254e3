package io.weft.data.check;

import io.weft.problem.Translatable;

/**
 * One rule of good data. Its thresholds stand in its file with their reason, and {@link #reason} tells the reader.
 * Where the rows are of a kind that it says nothing of, it {@link #applies} not.
 */
public interface Check {
    /** The word of files: {@code duplicates}. */
    String name();

    /** What readers call it. */
    Translatable title();

    /** When it warns and when it fails, and why then. */
    Translatable reason();

    /** Whether it has anything to say of such rows. */
    default boolean applies(CheckedData data) { return true; }

    /** Begins to look. */
    Judging on(CheckedData data);

    /** One look at rows, training rows first, in the order of their files. */
    interface Judging {
        default void add(CheckedRow row) {}

        /** When the last row was looked at, and everything of {@link CheckedData} is known. */
        Verdict verdict();
    }
}
