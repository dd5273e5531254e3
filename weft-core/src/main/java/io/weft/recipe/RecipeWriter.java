package io.weft.recipe;

import io.weft.file.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes recipes with every setting in them, in one order, so that a run folder says what was done and reading the file
 * gives an equal {@link Recipe}.
 */
public final class RecipeWriter {
    private RecipeWriter() {}

    /** The recipe as YAML; what is not set is null. */
    public static String text(Recipe recipe) { return recipe.yaml(); }

    /** Writes the file whole or not at all. @throws io.weft.problem.UserError when the disk refuses */
    public static void write(Recipe recipe, Path file) {
        AtomicFile.write(file, text(recipe).getBytes(StandardCharsets.UTF_8));
    }
}
