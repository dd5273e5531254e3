package io.weft.recipe;

import io.weft.file.AtomicFile;
import io.weft.settings.Section;
import io.weft.settings.YamlText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes recipes with every setting in them, in one order, so that a run folder says what was done and reading the file
 * gives an equal {@link Recipe}.
 */
public final class RecipeWriter {
    private RecipeWriter() {}

    /** The recipe as YAML; what is not set is null. */
    public static String text(Recipe recipe) {
        var yaml = new StringBuilder();
        line(yaml, 0, "version", Settings.VERSION);
        line(yaml, 0, "model", recipe.model());
        line(yaml, 0, "preset", recipe.preset().orElse(null));
        yaml.append("data:\n");
        settings(yaml, 1, Settings.DATA, recipe.data());
        Section<?> method = recipe.tuning().section();
        yaml.append("tuning:\n  ").append(method.name()).append(method.settings().isEmpty() ? ": {}\n" : ":\n");
        settings(yaml, 2, method, recipe.tuning());
        yaml.append("train:\n");
        settings(yaml, 1, Settings.TRAIN, recipe.train());
        return yaml.toString();
    }

    /** Writes the file whole or not at all. @throws io.weft.problem.UserError when the disk refuses */
    public static void write(Recipe recipe, Path file) {
        AtomicFile.write(file, text(recipe).getBytes(StandardCharsets.UTF_8));
    }

    private static void settings(StringBuilder yaml, int depth, Section<?> section, Object record) {
        section.settings().forEach(setting -> line(yaml, depth, setting.name(), section.valueOf(record, setting)));
    }

    private static void line(StringBuilder yaml, int depth, String key, Object value) {
        yaml.append("  ".repeat(depth)).append(key).append(": ").append(YamlText.of(value)).append('\n');
    }
}
