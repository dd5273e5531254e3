package io.weft.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What namespace() makes: the one value whose attributes a template may set, so that an assignment inside a loop is
 * seen outside it.
 */
record Namespace(Map<String, Object> attributes) {
    Namespace() { this(new LinkedHashMap<>()); }

    // a namespace may hold itself, so it is compared and hashed by identity
    @Override public boolean equals(Object other) { return this == other; }

    @Override public int hashCode() { return System.identityHashCode(this); }
}
