package io.weft.data.personal;

import java.util.List;

/** Finds one kind of thing in a text. */
@FunctionalInterface
interface Finder {
    /** What is there, in the order of the text, nothing overlapping. */
    List<Span> find(String text);
}
