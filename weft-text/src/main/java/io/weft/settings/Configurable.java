package io.weft.settings;

/** Something that a recipe names, with settings of its own: the components of its record. */
public interface Configurable {
    /** Its settings with their bounds, and the word that names it. */
    Section<?> section();

    /** The word of recipes, such as "lora". */
    default String name() { return section().name(); }
}
