package io.weft.recipe;

import java.util.Locale;

/** One part of a {@link StagedRecipe}; it begins with what the part before it left. */
public sealed interface Stage {
    /** Its place, from 1. */
    int number();

    /** What the user or Weft calls it, such as "pretrain", "lora" or "merge". */
    String name();

    /** Name of its folder, such as "02-lora". */
    default String folder() { return String.format(Locale.ROOT, "%02d-%s", number(), name()); }

    /**
     * A training.
     *
     * @param recipe whole; its model is the one that the first stage begins with
     */
    record Training(int number, String name, Recipe recipe) implements Stage {}

    /** The adapter of the stage before becomes part of its base. */
    record Merge(int number, String name, MergeSettings settings) implements Stage {}
}
