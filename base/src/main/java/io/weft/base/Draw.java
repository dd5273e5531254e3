package io.weft.base;

import java.util.ArrayList;
import java.util.List;

/** Seeded choices. SplitMix64 (Steele et al. 2014) written out, so that a seed writes the same text on every JDK. */
final class Draw {
    private long state;

    Draw(long seed) { state = seed; }

    private long next() {
        long z = state += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A number from 0 to bound - 1. */
    int below(int bound) { return (int) (((next() >>> 33) * bound) >>> 31); }

    /** A number from low to high, both included. */
    int between(int low, int high) { return low + below(high - low + 1); }

    /** True once in so many times. */
    boolean oneIn(int times) { return below(times) == 0; }

    <T> T of(List<T> choices) { return choices.get(below(choices.size())); }

    @SafeVarargs
    final <T> T of(T... choices) { return choices[below(choices.length)]; }

    /** Count different items of a list, in a random order; all of them if the list is shorter. */
    <T> List<T> some(List<T> items, int count) {
        var rest = new ArrayList<>(items);
        var chosen = new ArrayList<T>();
        while (chosen.size() < count && !rest.isEmpty()) {
            chosen.add(rest.remove(below(rest.size())));
        }
        return chosen;
    }
}
