package io.weft.app.serve;

import java.util.List;

/**
 * Lets an answer through until one of some texts stands in it. Holds back what may be the beginning of one. Belongs to
 * one thread.
 */
final class StopTexts {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean met;

    StopTexts(List<String> stops) { this.stops = stops; }

    /** @return what may be shown now */
    String push(String text) {
        if (met || stops.isEmpty()) {
            return met ? "" : text;
        }
        held.append(text);
        int end = stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
        met = end >= 0;
        return release(met ? end : held.length() - longestBeginning());
    }

    /** The end of the answer. @return what was held back */
    String finish() { return met ? "" : release(held.length()); }

    /** True once one of the texts was there. */
    boolean met() { return met; }

    private String release(int length) {
        String shown = held.substring(0, length);
        held.delete(0, length);
        return shown;
    }

    /** Length of the longest end of what is held that a stop text begins with. */
    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
