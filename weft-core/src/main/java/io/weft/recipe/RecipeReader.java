package io.weft.recipe;

import io.weft.settings.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
        var layers = new RecipeLayers(file.map(Path::toString).orElseGet(() -> say("the recipe")))
                .given(base, Origin.NOWHERE);
        file.ifPresent(layers::file);
        return Recipe.of(layers.given(overrides, Origin.COMMAND_LINE), (recipe, findings) ->
                List.of(checks).forEach(check -> check.check(recipe, findings)));
    }
}
