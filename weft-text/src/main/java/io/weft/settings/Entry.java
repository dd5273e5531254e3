package io.weft.settings;

import io.weft.problem.Problems;

/**
 * What a {@link Section} says of one component of its record: a {@link Setting}, a section within it, or a {@link
 * Choice}.
 */
public interface Entry {
    /** The key, and the component. */
    String name();

    /**
     * Adds what a file could not give.
     *
     * @param component of a record made in Java
     * @param path      of it, such as "tuning.lora.rank"
     */
    void check(Object component, String path, Problems problems);
}
