package io.weft.settings;

import java.util.Optional;

/** Something that a recipe names, with settings of its own: the components of its record. */
public interface Configurable {
    /** Its settings with their bounds, and the word that names it. */
    Section<?> section();

    /**
     * The setting that a value stands for which is given in place of the settings: {@code dedupe: near}. Nothing where
     * none does.
     */
    default Optional<Setting> usual() { return Optional.empty(); }

    /** The word of recipes, such as "lora". */
    default String name() { return section().name(); }
}
