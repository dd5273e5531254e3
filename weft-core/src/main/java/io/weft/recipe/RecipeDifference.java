package io.weft.recipe;

import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A setting for which two recipes have different values. How the files spell or lay out equal values makes no
 * difference, nor does a default that one of them leaves out.
 *
 * @param key     such as "tuning.lora.alpha"; where another one was chosen, the choice alone, such as "tuning"
 * @param before  as a command line gives it; "null" for what is unset
 * @param allowed whether a run that has begun may take the new value
 * @param meaning of such a change in a run
 */
public record RecipeDifference(String key, String before, String after, boolean allowed, String meaning) {
    /** The value of a key. @param setting null for a choice, whose value is the name of what was chosen */
    private record Held(Setting setting, Object value) {}

    /** Every one, in the order of the file. */
    public static List<RecipeDifference> between(Recipe before, Recipe after) {
        Map<String, Held> old = flat(before), now = flat(after);
        List<RecipeDifference> differences = new ArrayList<>();
        old.forEach((key, held) -> {
            // a key that only one has belongs to what was chosen there, and that differs itself
            Held other = now.get(key);
            if (other != null && !Objects.equals(held.value(), other.value())) {
                differences.add(new RecipeDifference(key, text(held.value()), text(other.value()),
                        held.setting() != null && held.setting().inRun().allowed(), meaning(key, held.setting())));
            }
        });
        return differences;
    }

    /** "tuning.lora.alpha: 32 -> 64" */
    public String shown() { return key + ": " + before + " -> " + after; }

    /** As {@link Recipe#with} takes it. */
    public String asSetting() { return key + "=" + after; }

    private static String meaning(String key, Setting setting) {
        if (setting != null && setting.inRun().meaning() != null) {
            return setting.inRun().meaning().toString();
        }
        return key.startsWith("tuning") ? say("the checkpoint was trained under it")
                : key.startsWith("data.") ? say("the run's rows were prepared and turned into tokens under it")
                : say("a run has one value of it from its first step to its last");
    }

    private static String text(Object value) {
        return value instanceof List<?> list ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value instanceof Map<?, ?> map ? map.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + text(entry.getValue())).collect(Collectors.joining(","))
                : value instanceof Double number ? number.toString().replaceFirst("\\.0(?=$|E)", "").replace('E', 'e')
                : String.valueOf(value);
    }

    private static Map<String, Held> flat(Recipe recipe) {
        Map<String, Object> values = recipe.values();
        Map<String, Held> flat = new LinkedHashMap<>();
        for (Entry entry : Settings.ALL) {
            Object value = values.get(entry.name());
            if (entry instanceof Section<?> section) {
                group(section.name(), section, value, flat);
            } else {
                key(entry.name(), entry, value, flat);
            }
        }
        return flat;
    }

    private static void group(String path, Section<?> section, Object record, Map<String, Held> flat) {
        Function<Entry, Object> value = key -> key instanceof Setting setting ? section.valueOf(record, setting)
                : section.componentOf(record, key);
        section.keys().forEach(key -> key(path + "." + key.name(), key, value.apply(key), flat));
    }

    private static void key(String path, Entry key, Object value, Map<String, Held> flat) {
        if (key instanceof Setting setting) {
            flat.put(path, new Held(setting, value));
        } else if (key instanceof Choice<?>) {
            Section<?> chosen = ((Configurable) value).section();
            flat.put(path, new Held(null, chosen.name()));
            group(path + "." + chosen.name(), chosen, value, flat);
        }
    }
}
