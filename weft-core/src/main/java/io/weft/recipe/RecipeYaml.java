package io.weft.recipe;

import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.YamlText;
import java.util.List;
import java.util.Map;

/** Settings as YAML, every one of them. */
final class RecipeYaml {
    private final StringBuilder yaml = new StringBuilder();

    private RecipeYaml() {}

    /** @param values of the recipe's keys: a written value, a record, or what was chosen */
    static String text(Map<String, Object> values) { return part(0, Settings.ALL, values); }

    /** Some keys of a recipe. @param depth of their indentation, two spaces each */
    static String part(int depth, List<Entry> entries, Map<String, Object> values) {
        var text = new RecipeYaml();
        for (Entry entry : entries) {
            Object value = values.get(entry.name());
            if (entry == Settings.MODEL) {
                text.model(value, values.get(Settings.QUANTISE.name()));
            } else if (entry == Settings.QUANTISE || entry instanceof StageList) {
                continue;   // stands with the model, and behind the rest
            } else if (entry instanceof Section<?> section) {
                text.group(depth, section, value);
            } else {
                text.key(depth, entry, value);
            }
        }
        return text.yaml.toString();
    }

    private void model(Object folder, Object quantise) {
        if (quantise == null) {
            line(0, ModelKey.NAME + ": " + YamlText.of(folder));
        } else {
            line(0, ModelKey.NAME + ":");
            line(1, ModelKey.FOLDER + ": " + YamlText.of(folder));
            line(1, ModelKey.inGroup(Settings.QUANTISE.name()) + ": " + YamlText.of(quantise));
        }
    }

    private void group(int depth, Section<?> section, Object record) {
        line(depth, section.name() + ":" + (section.keys().isEmpty() ? " {}" : ""));
        for (Entry key : section.keys()) {
            key(depth + 1, key, key instanceof Setting setting ? section.valueOf(record, setting)
                    : section.componentOf(record, key));
        }
    }

    private void key(int depth, Entry key, Object value) {
        if (!(key instanceof Choice<?> choice)) {
            line(depth, key.name() + ": " + YamlText.of(value));
            return;
        }
        Section<?> chosen = ((Configurable) value).section();
        if (choice.isBrief() && chosen.keys().isEmpty()) {
            line(depth, key.name() + ": " + chosen.name());
        } else {
            line(depth, key.name() + ":");
            group(depth + 1, chosen, value);
        }
    }

    private void line(int depth, String text) { yaml.append("  ".repeat(depth)).append(text).append('\n'); }
}
