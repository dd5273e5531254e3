package io.weft.app.doctor;

import java.util.Locale;

/** What the fine-tuning tutorial that Weft follows asks of a machine, in its list of prerequisites, for models of about 6 B parameters. Smaller models need less. */
final class Minimums {
    static final long MEMORY = gigabytes(16), DISK = gigabytes(50), GPU_MEMORY = gigabytes(8);

    private Minimums() {}

    private static long gigabytes(long count) { return count << 30; }

    static String size(long bytes) { return String.format(Locale.ROOT, bytes < 10L << 30 ? "%.1f GB" : "%.0f GB", bytes / (double) (1 << 30)); }
}
