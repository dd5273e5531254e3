package io.weft.settings;

/** What a {@link Section} says of one component of its record: a {@link Setting}, or a section within it. */
public interface Entry {
    /** The key, and the component. */
    String name();
}
