package io.weft.app.option;

import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The free words of a command line: at most one recipe file, and settings as key=value. */
public record RecipeArguments(Optional<Path> recipe, List<String> settings) {
    public static RecipeArguments of(List<String> words) {
        Optional<Path> recipe = Optional.empty();
        List<String> settings = new ArrayList<>();
        for (String word : words) {
            if (isSetting(word) || word.contains("=") && recipe.isPresent()) {
                settings.add(word);
            } else if (recipe.isEmpty()) {
                recipe = Optional.of(Path.of(word));
            } else {
                throw UserError.of(say("%s and %s: one recipe at most; settings are written key=value", recipe.get(),
                        word));
            }
        }
        return new RecipeArguments(recipe, settings);
    }

    /** Whether a word is a key with its value. */
    public static boolean isSetting(String word) { return word.matches("[A-Za-z][A-Za-z0-9_.\\-]*=.*"); }

    /** The settings, and one more that has an option of its own. */
    public RecipeArguments with(String key, Optional<Path> value) {
        List<String> more = new ArrayList<>(settings);
        value.ifPresent(path -> more.add(key + "=" + path));
        return new RecipeArguments(recipe, more);
    }

    /** The settings, and one more that takes several files and whose option may be given several times. */
    public RecipeArguments withEach(String key, List<Path> values) {
        List<String> more = new ArrayList<>(settings);
        if (!values.isEmpty()) {
            more.add(key + "=" + values.stream().map(Path::toString).collect(Collectors.joining("\n")));
        }
        return new RecipeArguments(recipe, more);
    }
}
