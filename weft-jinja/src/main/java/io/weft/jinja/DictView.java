package io.weft.jinja;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;

/**
 * What dict.keys(), values() and items() give: it iterates and counts, but has no elements by number.
 *
 * @param kind "keys", "values" or "items"
 */
final class DictView extends AbstractCollection<Object> {
    private final String kind;
    private final Collection<Object> elements;

    DictView(String kind, Collection<Object> elements) {
        this.kind = kind;
        this.elements = elements;
    }

    String kind() { return kind; }

    @Override public Iterator<Object> iterator() { return elements.iterator(); }

    @Override public int size() { return elements.size(); }
}
