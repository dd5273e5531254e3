package io.weft.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A Python generator, as map, select and their like give: true even when it is empty, without length or elements by
 * number, and used up by the first who iterates over it.
 */
final class Stream {
    private final Iterator<Object> left;

    Stream(List<Object> elements) { left = elements.iterator(); }

    boolean hasNext() { return left.hasNext(); }

    Object next() { return left.next(); }

    /** All that is left, and afterwards nothing is. */
    List<Object> drain() {
        var all = new ArrayList<>();
        left.forEachRemaining(all::add);
        return all;
    }
}
