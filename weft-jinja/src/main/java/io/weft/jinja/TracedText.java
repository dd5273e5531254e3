package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * A string of the language that remembers which of its characters came from outside the template. A value of a
 * conversation starts as {@code TracedText.of(content, 3)}; wherever the template cuts, joins, trims, escapes or
 * changes the case of it, the characters keep their origin 3. So the rendered text tells what a user wrote from what
 * the template wrote, also where both look alike. Two texts are equal when their characters are: origins change no
 * result.
 */
public final class TracedText implements Comparable<TracedText> {
    /** The empty text. */
    public static final TracedText EMPTY = new TracedText("", List.of(), false);

    /** Characters start to end (UTF-16 units) that came from the outside value numbered origin. */
    public record Run(int start, int end, int origin) {}

    private final String chars;
    private final List<Run> runs;      // in order, none empty, no two that touch with the same origin
    private final boolean safe;        // made by |safe or |escape: Python's Markup
    private int points = -1;

    TracedText(String chars, List<Run> runs, boolean safe) {
        this.chars = chars;
        this.runs = runs;
        this.safe = safe;
    }

    /** The template's own text. */
    public static TracedText of(String chars) {
        return chars.isEmpty() ? EMPTY : new TracedText(chars, List.of(), false);
    }

    /** Text from outside. @param origin any number that tells the caller where it is from */
    public static TracedText of(String chars, int origin) {
        return chars.isEmpty() ? EMPTY : new TracedText(chars, List.of(new Run(0, chars.length(), origin)), false);
    }

    /** The characters. */
    @Override public String toString() { return chars; }

    /** Length in UTF-16 units. */
    public int length() { return chars.length(); }

    /** The pieces that came from outside, in order. */
    public List<Run> runs() { return runs; }

    boolean isEmpty() { return chars.isEmpty(); }

    boolean safe() { return safe; }

    TracedText asSafe(boolean mark) { return mark == safe ? this : new TracedText(chars, runs, mark); }

    /** Steps that reading this text from end to end costs. */
    int weight() { return (chars.length() >> 5) + (runs.size() >> 2); }

    /** Length as Python counts it, in code points. */
    int points() {
        if (points < 0) {
            points = chars.codePointCount(0, chars.length());
        }
        return points;
    }

    /** The UTF-16 index of a code point's number. */
    int offset(int point) { return points() == chars.length() ? point : chars.offsetByCodePoints(0, point); }

    /** The code point number of a UTF-16 index. */
    int point(int offset) { return points() == chars.length() ? offset : chars.codePointCount(0, offset); }

    /** From start to end in UTF-16 units. */
    public TracedText slice(int start, int end) {
        if (start == 0 && end == chars.length()) {
            return this;
        }
        if (start >= end) {
            return EMPTY.asSafe(safe);
        }
        var inside = new ArrayList<Run>(Math.min(runs.size(), 4));
        for (int i = firstRunEndingAfter(start); i < runs.size() && runs.get(i).start < end; i++) {
            var run = runs.get(i);
            inside.add(new Run(Math.max(run.start, start) - start, Math.min(run.end, end) - start, run.origin));
        }
        return new TracedText(chars.substring(start, end), inside, safe);
    }

    private int firstRunEndingAfter(int index) {
        int low = 0, high = runs.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs.get(middle).end > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Without the characters to drop at one or both ends. */
    TracedText strip(IntPredicate drop, boolean left, boolean right) {
        int start = 0, end = chars.length();
        while (left && start < end && drop.test(chars.codePointAt(start))) {
            start += Character.charCount(chars.codePointAt(start));
        }
        while (right && end > start && drop.test(chars.codePointBefore(end))) {
            end -= Character.charCount(chars.codePointBefore(end));
        }
        return slice(start, end);
    }

    /** Each code point replaced by a string that inherits its origin. */
    TracedText map(IntFunction<String> replacement) {
        var made = new TextBuilder();
        made.appendMapped(this, replacement);
        return made.toText().asSafe(safe);
    }

    /**
     * A change of case of the whole. Full case mappings may change lengths and look at neighbours (a final sigma), so
     * they are applied piece by piece to keep the origins; should that differ from the mapping of the whole, all of the
     * result counts as coming from the first origin.
     */
    TracedText recased(UnaryOperator<String> mapping) {
        String whole = mapping.apply(chars);
        if (runs.isEmpty()) {
            return new TracedText(whole, List.of(), safe);
        }
        var made = new TextBuilder();
        int done = 0;
        for (var run : runs) {
            made.append(mapping.apply(chars.substring(done, run.start)));
            made.append(mapping.apply(chars.substring(run.start, run.end)), run.origin);
            done = run.end;
        }
        made.append(mapping.apply(chars.substring(done)));
        TracedText pieces = made.toText().asSafe(safe);
        return pieces.chars.equals(whole) ? pieces : TracedText.of(whole, runs.get(0).origin).asSafe(safe);
    }

    /** Each code point as a text of its own. */
    List<Object> characters() {
        int[] starts = starts();
        var all = new ArrayList<>(Budget.listSize(points()));
        for (int i = 0; i < points(); i++) {
            all.add(slice(starts[i], starts[i + 1]).asSafe(false));
        }
        return all;
    }

    /** The UTF-16 index of each code point, and the length behind them. */
    int[] starts() {
        int[] starts = new int[points() + 1];
        for (int i = 0; i < points(); i++) {
            starts[i + 1] = starts[i] + Character.charCount(chars.codePointAt(starts[i]));
        }
        return starts;
    }

    @Override public boolean equals(Object other) {
        return other instanceof TracedText text && chars.equals(text.chars);
    }

    @Override public int hashCode() { return chars.hashCode(); }

    /** By code points, as Python orders strings. */
    @Override public int compareTo(TracedText other) {
        int length = Math.min(chars.length(), other.chars.length());
        for (int i = 0; i < length; i++) {
            char a = chars.charAt(i), b = other.chars.charAt(i);
            if (a != b) {
                boolean highA = Character.isSurrogate(a), highB = Character.isSurrogate(b);
                return highA == highB ? Character.compare(a, b) : highA ? 1 : -1;
            }
        }
        return Integer.compare(chars.length(), other.chars.length());
    }
}
