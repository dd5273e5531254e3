package io.weft.data.check;

import java.util.LinkedHashMap;
import java.util.Map;

/** Figures of a verdict by name, in the order in which they are given. */
public final class Figures {
    private final Map<String, Object> all = new LinkedHashMap<>();

    /** @param value a number, a word, or a list of these */
    public static Figures of(String name, Object value) { return new Figures().and(name, value); }

    /** So many rows of all, and their share. */
    public static Figures share(long rows, long all) {
        return of("rows", rows).and("of", all).and("share", rounded(all == 0 ? 0 : (double) rows / all));
    }

    public Figures and(String name, Object value) {
        all.put(name, value);
        return this;
    }

    /** To four places: more say nothing, and differ between machines in nobody's favour. */
    public static double rounded(double number) { return Math.round(number * 10_000) / 10_000.0; }

    public Map<String, Object> all() { return all; }
}
