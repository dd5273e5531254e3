package io.weft.recipe;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values;
import io.weft.settings.YamlText;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * The recipe that {@code weft init} writes: every setting with its default and one line on what it is for, in the
 * language of the process.
 */
public final class RecipeTemplate {
    /** Comments of the longer lines follow two spaces behind them. */
    private static final int COMMENTS_AT = 36;
    private final List<String> lines = new ArrayList<>();

    private RecipeTemplate() {}

    /**
     * @param model folder of the model
     * @param train file of training rows
     * @return YAML that names {@link RecipeSchema#FILE} in the same folder as its schema
     */
    public static String text(String model, String train) { return new RecipeTemplate().write(model, train); }

    /** The template with examples for what must be given. */
    public static String text() {
        return text(Settings.MODEL.example(), Settings.DATA.setting("train").orElseThrow().example());
    }

    private String write(String model, String train) {
        lines.add("# yaml-language-server: $schema=" + RecipeSchema.FILE);
        lines.add(say(
                "# A Weft recipe: every setting with its default. What you delete keeps its default. To run it: weft "
                + "train recipe.yaml --out runs/first"));
        line(0, "version: " + Settings.VERSION, Settings.VERSION_KEY.about().toString());
        line(0, "model: " + YamlText.of(model), Settings.MODEL.about().toString());
        setting(0, Settings.PRESET, null);
        lines.add("");
        line(0, "data:", Settings.DATA.about().toString());
        settings(1, Settings.DATA, train);
        lines.add("");
        line(0, "tuning:", Settings.TUNING_ABOUT.toString());
        for (Section<?> method : Settings.TUNINGS) {
            boolean chosen = method == Settings.TUNINGS.get(0);
            line(1, (chosen ? "" : "# ") + method.name() + ":" + (method.settings().isEmpty() ? " {}" : ""),
                    method.about().toString());
            if (chosen) {
                settings(2, method, null);
            }
        }
        lines.add("");
        line(0, "train:", Settings.TRAIN.about().toString());
        settings(1, Settings.TRAIN, null);
        return String.join("\n", lines) + "\n";
    }

    /** @param required value of the setting that must be given */
    private void settings(int depth, Section<?> section, String required) {
        section.settings()
                .forEach(setting -> setting(depth, setting, setting.isRequired() ? required
                : section.defaultOf(setting)));
    }

    private void setting(int depth, Setting setting, Object standard) {
        String value = setting.isOptional() ? setting.example() : YamlText.of(standard);
        String choices = setting.values() instanceof Values.OneOf words ? " (" + String.join(" | ", words.words()) + ")"
                : "";
        String unset = setting.isOptional() ? say("; unset: %s", setting.unset()) : "";
        line(depth, (setting.isOptional() ? "# " : "") + setting.name() + ": " + value,
                setting.about() + choices + unset);
    }

    private void line(int depth, String setting, String comment) {
        String start = "  ".repeat(depth) + setting;
        lines.add(start + " ".repeat(Math.max(2, COMMENTS_AT - start.length())) + "# " + comment);
    }
}
