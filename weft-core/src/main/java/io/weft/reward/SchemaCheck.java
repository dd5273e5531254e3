package io.weft.reward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.StreamSupport;

import static io.weft.problem.Language.say;

/**
 * A part of JSON Schema (draft 2020-12), the part that says what a model's answer must look like: types, constants,
 * bounds, members and items, and schemas put together. References, conditions, formats and patterns of names are not
 * known, and a schema that has them is refused. Patterns are Java's.
 */
final class SchemaCheck {
    private static final Set<String> KNOWN = Set.of("type", "enum", "const", "properties", "required",
            "additionalProperties", "minProperties", "maxProperties", "items", "minItems", "maxItems", "uniqueItems",
            "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
            "multipleOf", "allOf", "anyOf", "oneOf", "not");
    private static final Set<String> SAY_NOTHING = Set.of("$schema", "$id", "$comment", "title", "description",
            "default", "examples", "deprecated", "readOnly", "writeOnly");

    private SchemaCheck() {}

    /** What in a schema is not known or makes no sense. */
    static List<String> problems(JsonNode schema) {
        List<String> problems = new ArrayList<>();
        look(schema, "$", problems);
        return problems;
    }

    private static void look(JsonNode schema, String path, List<String> problems) {
        if (schema.isBoolean()) {
            return;
        }
        if (!schema.isObject()) {
            problems.add(say("the schema at %s is no object", path));
            return;
        }
        schema.fieldNames().forEachRemaining(key -> {
            if (!KNOWN.contains(key) && !SAY_NOTHING.contains(key)) {
                problems.add(say("the schema at %s has %s, which is not known here; known are %s", path, key,
                        String.join(", ", KNOWN.stream().sorted().toList())));
            }
        });
        if (schema.has("pattern")) {
            try {
                Pattern.compile(schema.get("pattern").asText());
            } catch (PatternSyntaxException e) {
                problems.add(say("the schema at %s has a pattern that is no regular expression: %s", path,
                        e.getDescription()));
            }
        }
        schema.path("properties").properties().forEach(each ->
                look(each.getValue(), path + "." + each.getKey(), problems));
        for (String key : List.of("additionalProperties", "items", "not")) {
            if (schema.has(key)) {
                look(schema.get(key), path + "." + key, problems);
            }
        }
        for (String key : List.of("allOf", "anyOf", "oneOf")) {
            schema.path(key).forEach(each -> look(each, path + "." + key, problems));
        }
    }

    static boolean takes(JsonNode schema, JsonNode value) {
        if (schema.isBoolean()) {
            return schema.booleanValue();
        }
        return isOfType(schema, value) && isConstant(schema, value)
                && (!value.isObject() || takesObject(schema, value)) && (!value.isArray() || takesArray(schema, value))
                && (!value.isTextual() || takesText(schema, value.textValue()))
                && (!value.isNumber() || takesNumber(schema, value.decimalValue())) && takesTogether(schema, value);
    }

    private static boolean isOfType(JsonNode schema, JsonNode value) {
        JsonNode type = schema.path("type");
        return type.isMissingNode() || (type.isArray() ? any(type, each -> isOf(each.asText(), value))
                : isOf(type.asText(), value));
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "integer" -> value.isNumber() && isWhole(value.decimalValue());
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private static boolean isWhole(BigDecimal number) { return number.stripTrailingZeros().scale() <= 0; }

    private static boolean isConstant(JsonNode schema, JsonNode value) {
        return (!schema.has("const") || same(schema.get("const"), value))
                && (!schema.has("enum") || any(schema.get("enum"), each -> same(each, value)));
    }

    /** 1 and 1.0 are the same number. */
    private static boolean same(JsonNode a, JsonNode b) {
        return a.equals((x, y) -> x.isNumber() && y.isNumber() ? x.decimalValue().compareTo(y.decimalValue())
                : x.equals(y) ? 0 : 1, b);
    }

    private static boolean takesObject(JsonNode schema, JsonNode value) {
        JsonNode properties = schema.path("properties"), more = schema.path("additionalProperties");
        boolean all = within(schema, "minProperties", "maxProperties", value.size());
        for (JsonNode name : schema.path("required")) {
            all &= value.has(name.asText());
        }
        for (var field : value.properties()) {
            JsonNode its = properties.has(field.getKey()) ? properties.get(field.getKey())
                    : more.isMissingNode() ? JsonNodeFactory.instance.booleanNode(true) : more;
            all &= takes(its, field.getValue());
        }
        return all;
    }

    private static boolean takesArray(JsonNode schema, JsonNode value) {
        boolean all = within(schema, "minItems", "maxItems", value.size());
        if (schema.has("items")) {
            for (JsonNode item : value) {
                all &= takes(schema.get("items"), item);
            }
        }
        if (schema.path("uniqueItems").asBoolean()) {
            Set<JsonNode> seen = new HashSet<>();
            for (JsonNode item : value) {
                all &= seen.add(item);
            }
        }
        return all;
    }

    private static boolean takesText(JsonNode schema, String text) {
        return within(schema, "minLength", "maxLength", text.codePointCount(0, text.length()))
                && (!schema.has("pattern") || Pattern.compile(schema.get("pattern").asText()).matcher(text).find());
    }

    private static boolean within(JsonNode schema, String least, String most, int count) {
        return count >= schema.path(least).asInt(0) && count <= schema.path(most).asInt(Integer.MAX_VALUE);
    }

    private static boolean takesNumber(JsonNode schema, BigDecimal number) {
        return holds(schema, "minimum", number, (a, b) -> a.compareTo(b) >= 0)
                && holds(schema, "maximum", number, (a, b) -> a.compareTo(b) <= 0)
                && holds(schema, "exclusiveMinimum", number, (a, b) -> a.compareTo(b) > 0)
                && holds(schema, "exclusiveMaximum", number, (a, b) -> a.compareTo(b) < 0)
                && holds(schema, "multipleOf", number, (a, b) -> a.remainder(b).signum() == 0);
    }

    private static boolean holds(JsonNode schema, String key, BigDecimal number,
            BiPredicate<BigDecimal, BigDecimal> rule) {
        return !schema.has(key) || rule.test(number, schema.get(key).decimalValue());
    }

    private static boolean takesTogether(JsonNode schema, JsonNode value) {
        boolean all = true;
        for (JsonNode each : schema.path("allOf")) {
            all &= takes(each, value);
        }
        return all && (!schema.has("anyOf") || any(schema.get("anyOf"), each -> takes(each, value)))
                && (!schema.has("oneOf") || StreamSupport.stream(schema.get("oneOf").spliterator(), false)
                .filter(each -> takes(each, value)).count() == 1)
                && (!schema.has("not") || !takes(schema.get("not"), value));
    }

    private static boolean any(JsonNode list, Predicate<JsonNode> rule) {
        return StreamSupport.stream(list.spliterator(), false).anyMatch(rule);
    }
}
