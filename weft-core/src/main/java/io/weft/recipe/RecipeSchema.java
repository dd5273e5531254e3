package io.weft.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Language;
import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import java.util.List;

/**
 * The JSON schema (draft 2020-12) of recipes, with which editors complete and check them. Made from the table that the
 * reader uses, so that both know the same keys. Nothing is required in it: the command line may give what the file
 * leaves out.
 */
public final class RecipeSchema {
    /** The name under which it is written beside a recipe. */
    public static final String FILE = "weft.schema.json";

    private RecipeSchema() {}

    /** The schema as indented JSON. */
    public static String text() {
        var printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try {
            return new ObjectMapper().writer(printer).writeValueAsString(schema()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode schema() {
        ObjectNode schema = new ObjectMapper().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema").put("$id", FILE)
                .put("title", "Weft recipe");
        ObjectNode properties = group(schema,
                Translatable.text(
                "What to tune, on which rows, how. model and data.train must be given, here or on the command line."));
        setting(properties, Settings.VERSION_KEY, Settings.VERSION);
        setting(properties, Settings.MODEL, null);
        setting(properties, Settings.PRESET, null);
        section(properties, Settings.DATA);
        tuning(properties.putObject("tuning"));
        section(properties, Settings.TRAIN);
        return schema;
    }

    private static void tuning(ObjectNode tuning) {
        describe(tuning, Settings.TUNING_ABOUT);
        var either = tuning.putArray("oneOf");
        ObjectNode group = either.addObject();
        group.put("type", "object").put("additionalProperties", false).put("minProperties", 1).put("maxProperties", 1);
        ObjectNode methods = group.putObject("properties");
        var names = either.addObject().put("type", "string").putArray("enum");
        for (Section<?> method : Settings.TUNINGS) {
            section(methods, method);
            names.add(method.name());
        }
    }

    /** A group may also be left empty, or called for by true: all its defaults. */
    private static void section(ObjectNode properties, Section<?> section) {
        ObjectNode schema = properties.putObject(section.name());
        ObjectNode settings = group(schema, section.about());
        List<String> types = Settings.TUNINGS.contains(section) ? List.of("object", "null", "boolean")
                : List.of("object", "null");
        types.forEach(schema.putArray("type")::add);
        if (types.contains("boolean")) {
            schema.putObject("not").put("const", false);
        }
        section.settings().forEach(setting -> setting(settings, setting, section.defaultOf(setting)));
    }

    private static ObjectNode group(ObjectNode schema, Translatable about) {
        describe(schema, about);
        return schema.put("type", "object").put("additionalProperties", false).putObject("properties");
    }

    private static void setting(ObjectNode properties, Setting setting, Object standard) {
        ObjectNode schema = properties.putObject(setting.name());
        Translatable unset = setting.unset();
        describe(schema, unset == null ? setting.about()
                : Translatable.text("%s; unset: %s", setting.about(), unset));
        ObjectNode values = setting.isOptional() ? orNull(schema) : schema;
        setting.values().describeIn(values);
        if (standard != null && !setting.isRequired()) {
            schema.set("default", new ObjectMapper().valueToTree(standard));
        }
    }

    private static ObjectNode orNull(ObjectNode schema) {
        var either = schema.putArray("anyOf");
        ObjectNode values = either.addObject();
        either.addObject().put("type", "null");
        return values;
    }

    private static void describe(ObjectNode schema, Translatable about) {
        schema.put("description", about.in(Language.ENGLISH) + "\n" + about.in(Language.CHINESE));
    }
}
