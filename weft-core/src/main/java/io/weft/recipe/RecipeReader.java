package io.weft.recipe;

import io.weft.settings.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

import static io.weft.problem.Language.say;

/**
 * Makes a {@link Recipe} of what was given, in this order of precedence: the command line, the file, what a command
 * gives itself, the {@link Preset} that any of them names, the records' defaults. Strict: an unknown key, a wrong type,
 * a value out of bounds, a key given twice, a missing one are problems, and all of them are told at once.
 */
public final class RecipeReader {
    private RecipeReader() {}

    /**
     * @param file      the recipe, when there is one
     * @param overrides settings of the command line: {@code tuning.lora.rank=16}, {@code
     *     tuning.lora.targets=q_proj,v_proj}, {@code tuning.full=true}
     * @param base      settings below the file's, which a command gives itself, in the same form
     * @param checks    what else is to be checked
     * @throws io.weft.problem.UserError naming every problem with its line, or "command line"
     */
    public static Recipe read(Optional<Path> file, List<String> overrides, List<String> base, RecipeCheck... checks) {
        return Recipe.of(layers(file, overrides, base), all(checks));
    }

    /**
     * The same for a recipe of several stages. The command line's settings belong to what the stages have in common; a
     * stage's are named by its number, {@code stages.2.train.steps=20}.
     */
    public static StagedRecipe readStaged(Optional<Path> file, List<String> overrides, List<String> base,
            RecipeCheck... checks) {
        return StagedRecipe.of(layers(file, overrides, base), all(checks));
    }

    /** Whether what was given has several stages, so that {@link #readStaged} reads it. */
    public static boolean isStaged(Optional<Path> file, List<String> overrides) {
        return layers(file, overrides, List.of()).tree().entries().containsKey(StageList.KEY);
    }

    private static RecipeLayers layers(Optional<Path> file, List<String> overrides, List<String> base) {
        var layers = new RecipeLayers(file.map(Path::toString).orElseGet(() -> say("the recipe")))
                .given(base, Origin.NOWHERE);
        file.ifPresent(layers::file);
        return layers.given(overrides, Origin.COMMAND_LINE);
    }

    private static BiConsumer<Recipe, Findings> all(RecipeCheck... checks) {
        return (recipe, findings) -> List.of(checks).forEach(check -> check.check(recipe, findings));
    }
}
