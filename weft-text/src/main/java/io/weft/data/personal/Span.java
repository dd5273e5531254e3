package io.weft.data.personal;

/** Characters of a text. @param end behind the last one */
record Span(int start, int end) {
    boolean overlaps(Span other) { return start < other.end && other.start < end; }
}
