package io.weft.jinja;

/**
 * Where a string occurs in another. Java's own search is quadratic for long parts in the worst case, which a hostile
 * template would find; long parts are searched in linear time.
 */
final class TextFinder {
    private static final int SHORT = 64;

    private TextFinder() {}

    /** The first occurrence at or after an index, or -1. */
    static int first(String all, String part, int from) {
        return part.length() <= SHORT ? all.indexOf(part, from) : search(all, part, from, false);
    }

    /** The last occurrence that ends at or before an index, or -1. */
    static int last(String all, String part, int end) {
        if (end < part.length()) {
            return -1;
        } else if (part.length() <= SHORT) {
            return all.lastIndexOf(part, end - part.length());
        }
        int mirrored = search(all, part, all.length() - end, true);
        return mirrored < 0 ? -1 : all.length() - mirrored - part.length();
    }

    static boolean contains(String all, String part) { return first(all, part, 0) >= 0; }

    // Knuth, Morris, Pratt; backwards reads both strings from their ends
    private static int search(String all, String part, int from, boolean backwards) {
        int[] border = borders(part, backwards);
        int matched = 0;
        for (int i = from; i < all.length(); i++) {
            char c = at(all, i, backwards);
            while (matched > 0 && at(part, matched, backwards) != c) {
                matched = border[matched - 1];
            }
            if (at(part, matched, backwards) == c && ++matched == part.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** For each prefix the length of its longest proper border. */
    private static int[] borders(String part, boolean backwards) {
        int[] border = new int[part.length()];
        int matched = 0;
        for (int i = 1; i < part.length(); i++) {
            char c = at(part, i, backwards);
            while (matched > 0 && at(part, matched, backwards) != c) {
                matched = border[matched - 1];
            }
            matched += at(part, matched, backwards) == c ? 1 : 0;
            border[i] = matched;
        }
        return border;
    }

    private static char at(String string, int i, boolean backwards) {
        return string.charAt(backwards ? string.length() - 1 - i : i);
    }
}
