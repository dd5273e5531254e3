package io.weft.jinja;

import java.util.AbstractList;
import java.util.List;

/**
 * Python's tuple: a list that equals only tuples, prints with round brackets and may be a key.
 *
 * @param names attribute names of the elements, for a named tuple, or none
 */
final class Tuple extends AbstractList<Object> {
    private final List<Object> elements;
    private final List<String> names;

    Tuple(List<Object> elements) { this(elements, List.of()); }

    Tuple(List<Object> elements, List<String> names) {
        this.elements = elements;
        this.names = names;
    }

    static Tuple of(Object... elements) { return new Tuple(java.util.Arrays.asList(elements)); }

    List<String> names() { return names; }

    @Override public Object get(int index) { return elements.get(index); }

    @Override public int size() { return elements.size(); }

    @Override public boolean equals(Object other) { return other instanceof Tuple && super.equals(other); }

    @Override public int hashCode() { return super.hashCode(); }
}
