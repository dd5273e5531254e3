package io.weft.app.doctor;

import java.util.Locale;

/**
 * What Weft recommends of a machine for models of about 6 B parameters: round figures, not measured ones. Smaller
 * models need less; what the chosen one needs is in {@link ModelNeeds}.
 */
final class Minimums {
    static final long MEMORY = gigabytes(16), DISK = gigabytes(50), GPU_MEMORY = gigabytes(8);

    private Minimums() {}

    private static long gigabytes(long count) { return count << 30; }

    static String size(long bytes) {
        return String.format(Locale.ROOT, bytes < 10L << 30 ? "%.1f GB" : "%.0f GB", bytes / (double) (1 << 30));
    }
}
