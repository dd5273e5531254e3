package io.weft.jinja;

/** Characters start (inclusive) to end (exclusive) of a text, in UTF-16 units as Java counts. */
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no span from " + start + " to " + end);
        }
    }

    public int length() { return end - start; }

    public boolean contains(int index) { return start <= index && index < end; }
}
