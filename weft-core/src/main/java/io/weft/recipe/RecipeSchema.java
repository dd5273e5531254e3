package io.weft.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Language;
import io.weft.problem.Translatable;
import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
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
        for (Entry entry : Settings.ALL) {
            if (entry == Settings.MODEL) {
                model(properties);
            } else if (entry != Settings.QUANTISE) {
                key(properties, entry, entry == Settings.VERSION_KEY ? Settings.VERSION : null);
            }
        }
        stages(properties.putObject(StageList.KEY));
        return schema;
    }

    /** Its folder alone, or a group of that and what is done to it. */
    private static void model(ObjectNode properties) {
        ObjectNode schema = properties.putObject(ModelKey.NAME);
        describe(schema, Settings.MODEL.about());
        var either = schema.putArray("oneOf");
        Settings.MODEL.values().describeIn(either.addObject());
        ObjectNode keys = either.addObject().put("type", "object").put("additionalProperties", false)
                .putObject("properties");
        for (Setting setting : List.of(Settings.MODEL, Settings.QUANTISE)) {
            setting(keys, setting, ModelKey.inGroup(setting.name()), null);
        }
    }

    private static void stages(ObjectNode schema) {
        describe(schema, StageList.ABOUT);
        var either = schema.put("type", "array").put("minItems", 1).putObject("items").putArray("anyOf");
        either.addObject().put("const", StageList.MERGE);
        ObjectNode properties = group(either.addObject(), StageList.ABOUT_STAGE);
        describe(properties.putObject(StageList.NAME).put("type", "string"), StageList.ABOUT_NAME);
        Settings.STAGE_KEYS.forEach(key -> key(properties, key, null));
        section(properties, MergeSettings.SECTION, List.of("object", "null", "boolean"));
    }

    /** @param standard its default as a file writes it, or what is chosen by default; null for none */
    private static void key(ObjectNode properties, Entry key, Object standard) {
        if (key instanceof Setting setting) {
            setting(properties, setting, standard);
        } else if (key instanceof Section<?> section) {
            section(properties, section, List.of("object", "null"));
        } else if (key instanceof Choice<?> choice) {
            choice(properties.putObject(choice.name()), choice, standard);
        }
    }

    private static void choice(ObjectNode schema, Choice<?> choice, Object standard) {
        describe(schema, choice.isBrief() ? choice.about() : Translatable.text("%s: one of %s", choice.about(),
                choice.names()));
        if (choice.isBrief() && choice.isPlain()) {
            choice.words().describeIn(schema);
        } else {
            var either = schema.putArray("oneOf");
            ObjectNode group = either.addObject();
            group.put("type", "object").put("additionalProperties", false).put("minProperties", 1)
                    .put("maxProperties", 1);
            ObjectNode properties = group.putObject("properties");
            for (Configurable one : choice.all()) {
                // a method may also be called for by true, as on the command line
                section(properties, one.section(), List.of("object", "null", "boolean")).putObject("not")
                        .put("const", false);
            }
            choice.words().describeIn(either.addObject());
        }
        if (standard instanceof Configurable usual) {
            schema.put("default", usual.name());
        }
    }

    /** A group may also be left empty: all its defaults. */
    private static ObjectNode section(ObjectNode properties, Section<?> section, List<String> types) {
        ObjectNode schema = properties.putObject(section.name());
        ObjectNode keys = group(schema, section.about());
        types.forEach(schema.putArray("type")::add);
        for (Entry key : section.keys()) {
            key(keys, key, key instanceof Setting setting ? section.defaultOf(setting)
                    : section.componentOf(section.defaults(), key));
        }
        return schema;
    }

    private static ObjectNode group(ObjectNode schema, Translatable about) {
        describe(schema, about);
        return schema.put("type", "object").put("additionalProperties", false).putObject("properties");
    }

    private static void setting(ObjectNode properties, Setting setting, Object standard) {
        setting(properties, setting, setting.name(), standard);
    }

    private static void setting(ObjectNode properties, Setting setting, String key, Object standard) {
        ObjectNode schema = properties.putObject(key);
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
