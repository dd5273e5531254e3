package io.weft.recipe;

import io.weft.problem.Translatable;
import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values;
import io.weft.settings.YamlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
        Map<String, String> given = Map.of(Settings.VERSION_KEY.name(), String.valueOf(Settings.VERSION),
                Settings.MODEL.name(), YamlText.of(model));
        for (Entry entry : Settings.ALL) {
            if (entry == Settings.QUANTISE) {
                quantise();
            } else if (entry instanceof Setting setting) {
                setting(0, setting, given.get(setting.name()));
            } else if (entry instanceof Section<?> section) {
                lines.add("");
                group(0, section, YamlText.of(train));
            } else if (entry instanceof Choice<?> choice) {
                lines.add("");
                line(0, choice.name() + ":", Translatable.text("%s: one of %s", choice.about(), choice.names()));
                alternatives(1, choice, choice.all().get(0), false);
            }
        }
        lines.add("");
        line(0, "# " + StageList.KEY + ":", StageList.ABOUT);
        line(0, "#   - {" + StageList.OBJECTIVE + ": pretrain, data: {train: texts.jsonl}}", StageList.ABOUT_STAGE);
        line(0, "#   - {tuning: lora}", "");
        line(0, "#   - " + StageList.MERGE, MergeSettings.SECTION.about());
        return String.join("\n", lines) + "\n";
    }

    /** The model's other spelling, to be put in its place. */
    private void quantise() {
        Setting setting = Settings.QUANTISE;
        lines.add("# " + ModelKey.NAME + ":");
        lines.add("#   " + ModelKey.FOLDER + ": " + Settings.MODEL.example());
        line(0, "#   " + ModelKey.inGroup(setting.name()) + ": " + setting.example(), setting.about());
    }

    /** @param required value of the setting that must be given */
    private void group(int depth, Section<?> section, String required) {
        line(depth, section.name() + ":" + (section.keys().isEmpty() ? " {}" : ""), section.about());
        for (Entry key : section.keys()) {
            if (key instanceof Setting setting) {
                setting(depth + 1, setting, setting.isRequired() ? required : YamlText.of(section.defaultOf(setting)));
            } else if (key instanceof Choice<?> choice) {
                brief(depth + 1, choice, (Configurable) section.componentOf(section.defaults(), key));
            }
        }
    }

    /** The usual one by its name; those with settings as comments, to be put in its place. */
    private void brief(int depth, Choice<?> choice, Configurable usual) {
        line(depth, choice.name() + ": " + usual.name(), choice.about() + " (" + String.join(" | ", choice.names())
                + ")");
        alternatives(depth + 1, choice, usual, true);
    }

    /** All, those that are not the usual one as comments; only with settings where the name says all of the others. */
    private void alternatives(int depth, Choice<?> choice, Configurable usual, boolean named) {
        for (Configurable one : choice.all()) {
            boolean chosen = one.name().equals(usual.name());
            if (named && (chosen || one.section().keys().isEmpty())) {
                continue;
            }
            int from = lines.size();
            if (named) {
                lines.add("  ".repeat(depth - 1) + choice.name() + ":");
            }
            group(depth, one.section(), null);
            if (!chosen) {
                commentOut(from, named ? depth - 1 : depth);
            }
        }
    }

    /** Behind the indentation, so that the lines are right when the sign before them is taken away. */
    private void commentOut(int from, int depth) {
        String indent = "  ".repeat(depth);
        lines.subList(from, lines.size()).replaceAll(line -> indent + "# " + line.substring(indent.length()));
    }

    private void setting(int depth, Setting setting, String value) {
        String choices = setting.values() instanceof Values.OneOf words ? " (" + String.join(" | ", words.words()) + ")"
                : "";
        String unset = setting.isOptional() ? say("; unset: %s", setting.unset()) : "";
        line(depth, (setting.isOptional() ? "# " : "") + setting.name() + ": "
                + (setting.isOptional() ? setting.example() : value), setting.about() + choices + unset);
    }

    private void line(int depth, String setting, Object comment) {
        String start = "  ".repeat(depth) + setting;
        lines.add(start + " ".repeat(Math.max(2, COMMENTS_AT - start.length())) + "# " + comment);
    }
}
