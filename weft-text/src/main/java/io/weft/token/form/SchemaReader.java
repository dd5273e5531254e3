package io.weft.token.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.token.form.Grammar.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * Reads a JSON schema (2020-12) as the texts of the JSON that holds to it: properties in the schema's order and no
 * others than it names, white space where people put it. A keyword that forbids something and that cannot be decided
 * token by token is refused by name; one that only describes is passed over.
 */
final class SchemaReader {
    private static final Set<String> DESCRIBING = Set.of("$schema", "$id", "$comment", "$defs", "definitions", "title",
            "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "contentEncoding",
            "contentMediaType", "$anchor", "strict", "name");
    private static final Map<String, Set<String>> BY_TYPE = Map.of(
            "object", Set.of("properties", "required", "additionalProperties"),
            "array", Set.of("items", "minItems", "maxItems"),
            "string", Set.of("minLength", "maxLength", "pattern"),
            "number", Set.of(), "integer", Set.of(), "boolean", Set.of(), "null", Set.of());
    /** As somebody writes it who breaks lines and indents, and no more: a model may write blanks without end. */
    private static final Part SPACE = Grammar.maybe(Grammar.either(Grammar.literal(" "),
            Grammar.sequence(Grammar.literal("\n"), Grammar.repeated(Grammar.literal(" "), 0, 32))));
    private static final Part DIGIT = Grammar.characters('0', '9');
    private static final Part WHOLE = Grammar.sequence(Grammar.maybe(Grammar.literal("-")),
            Grammar.either(Grammar.literal("0"), Grammar.sequence(Grammar.characters('1', '9'),
            Grammar.repeated(DIGIT, 0, 17))));
    private static final Part NUMBER = Grammar.sequence(WHOLE,
            Grammar.maybe(Grammar.sequence(Grammar.literal("."), Grammar.repeated(DIGIT, 1, 17))),
            Grammar.maybe(Grammar.sequence(Grammar.characters('E', 'E', 'e', 'e'),
            Grammar.maybe(Grammar.characters('+', '+', '-', '-')), Grammar.repeated(DIGIT, 1, 2))));
    private final Grammar grammar = new Grammar();
    private final JsonNode root;
    private final Problems problems = new Problems(say("the JSON schema"));
    private final Map<String, Integer> referred = new LinkedHashMap<>(); // rules by $ref
    private int anyValue = -1;

    private SchemaReader(JsonNode root) { this.root = root; }

    /** @throws UserError naming every keyword that cannot be held to */
    static Grammar read(JsonNode schema) {
        SchemaReader reader = new SchemaReader(schema);
        int rule = reader.grammar.rule();
        Part whole = reader.value(schema, "#");
        reader.problems.throwIfAny();
        reader.grammar.define(rule, whole);
        reader.problems.throwIfAny(); // of what was referred to
        return reader.grammar;
    }

    /** Any object. */
    static Grammar object() {
        return read(JsonNodeFactory.instance.objectNode().put("type", "object"));
    }

    private Part refused(String place, String why) {
        problems.add(place + ": " + why);
        return Grammar.literal("");
    }

    private Part value(JsonNode schema, String place) {
        if (schema.isBoolean() && schema.booleanValue() || schema.isObject() && schema.isEmpty()) {
            return any();
        }
        if (!schema.isObject()) {
            return refused(place, say("%s is no schema that can be held to; expected an object", schema));
        }
        for (String keyword : List.of("$ref", "enum", "const", "anyOf", "allOf")) {
            if (schema.has(keyword)) {
                Set<String> beside = new TreeSet<>();
                schema.fieldNames().forEachRemaining(beside::add);
                beside.removeAll(DESCRIBING);
                beside.remove(keyword);
                if (!keyword.equals("$ref") && !keyword.equals("allOf")) {
                    beside.remove("type"); // which the values themselves tell
                }
                return beside.isEmpty() ? combined(schema, keyword, place)
                        : refused(place, say("%s beside %s cannot be held to", String.join(", ", beside), keyword));
            }
        }
        return typed(schema, place);
    }

    private Part combined(JsonNode schema, String keyword, String place) {
        JsonNode given = schema.get(keyword);
        switch (keyword) {
            case "$ref" -> { return reference(given.asText(), place); }
            case "const" -> { return Grammar.literal(given.toString()); }
            default -> { }
        }
        if (!given.isArray() || given.isEmpty()) {
            return refused(place, say("%s is no list with anything in it", keyword));
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            parts.add(keyword.equals("enum") ? Grammar.literal(given.get(i).toString())
                    : value(given.get(i), place + "/" + keyword + "/" + i));
        }
        return keyword.equals("allOf") && parts.size() > 1
                ? refused(place, say("%s of several schemas cannot be held to", keyword)) : Grammar.either(parts);
    }

    private Part reference(String name, String place) {
        if (!referred.containsKey(name)) {
            JsonNode target = name.equals("#") ? root : name.startsWith("#/") ? root.at(name.substring(1))
                    : JsonNodeFactory.instance.missingNode();
            if (target.isMissingNode()) {
                return refused(place, say("$ref %s names nothing in this schema", name));
            }
            int rule = grammar.rule();
            referred.put(name, rule);
            grammar.define(rule, value(target, name));
        }
        return Grammar.call(referred.get(name));
    }

    private Part typed(JsonNode schema, String place) {
        Set<String> types = new TreeSet<>();
        JsonNode given = schema.path("type");
        (given.isArray() ? given : JsonNodeFactory.instance.arrayNode().add(given))
                .forEach(type -> types.add(type.asText()));
        if (given.isMissingNode()) {
            types.clear();
            BY_TYPE.forEach((type, keywords) -> {
                if (keywords.stream().anyMatch(schema::has)) {
                    types.add(type); // whoever writes properties means an object
                }
            });
        }
        if (types.isEmpty() || !BY_TYPE.keySet().containsAll(types)) {
            return refused(place, say("the type is %s; expected one or several of %s", given.isMissingNode()
                    ? say("missing") : given, String.join(", ", new TreeSet<>(BY_TYPE.keySet()))));
        }
        Set<String> known = new TreeSet<>(DESCRIBING);
        known.add("type");
        types.forEach(type -> known.addAll(BY_TYPE.get(type)));
        schema.fieldNames().forEachRemaining(keyword -> {
            boolean asksForNothing = keyword.equals("uniqueItems") && !schema.get(keyword).asBoolean();
            if (!known.contains(keyword) && !asksForNothing) {
                refused(place, say("%s cannot be held to token by token; leave it out", keyword));
            }
        });
        return Grammar.either(types.stream().map(type -> switch (type) {
            case "object" -> object(schema, place);
            case "array" -> array(schema, place);
            case "string" -> string(schema, place);
            case "number" -> NUMBER;
            case "integer" -> WHOLE;
            case "boolean" -> Grammar.either(Grammar.literal("true"), Grammar.literal("false"));
            default -> Grammar.literal("null");
        }).toList());
    }

    // ---- objects and lists ----

    private Part object(JsonNode schema, String place) {
        Map<String, Part> values = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(entry ->
                values.put(entry.getKey(), value(entry.getValue(), place + "/properties/" + entry.getKey())));
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        required.forEach(name -> values.computeIfAbsent(name, key -> any()));
        JsonNode more = schema.path("additionalProperties");
        if (values.isEmpty() && !(more.isBoolean() && !more.booleanValue())) {
            Part each = member(string(), more.isObject() ? value(more, place + "/additionalProperties") : any());
            return enclosed("{", Grammar.maybe(Grammar.sequence(each, Grammar.repeated(Grammar.sequence(SPACE,
                    Grammar.literal(","), SPACE, each), 0, -1))), "}");
        }
        if (more.isObject()) {
            value(more, place + "/additionalProperties"); // may be wrong, even though nothing more is written
        }
        return enclosed("{", (target, from) -> members(target, from, values, required), "}");
    }

    /** In their order; where it has begun, a comma stands before each. */
    private static int members(Grammar target, int from, Map<String, Part> values, Set<String> required) {
        int none = from, some = -1;
        for (Map.Entry<String, Part> entry : values.entrySet()) {
            Part one = member(Grammar.literal(JsonNodeFactory.instance.textNode(entry.getKey()).toString()),
                    entry.getValue());
            List<Integer> after = new ArrayList<>();
            if (none >= 0) {
                after.add(one.emit(target, none));
            }
            if (some >= 0) {
                after.add(Grammar.sequence(SPACE, Grammar.literal(","), SPACE, one).emit(target, some));
            }
            boolean skipped = !required.contains(entry.getKey());
            if (skipped && some >= 0) {
                after.add(some);
            }
            int joined = target.state();
            after.forEach(state -> target.join(state, joined));
            some = joined;
            none = skipped ? none : -1;
        }
        int end = target.state();
        for (int state : new int[] {none, some}) {
            if (state >= 0) {
                target.join(state, end);
            }
        }
        return end;
    }

    private static Part member(Part name, Part value) {
        return Grammar.sequence(name, Grammar.literal(":"), SPACE, value);
    }

    private static Part enclosed(String open, Part inside, String close) {
        return Grammar.sequence(Grammar.literal(open), SPACE, inside, SPACE, Grammar.literal(close));
    }

    private Part array(JsonNode schema, String place) {
        int least = bound(schema, "minItems", place, 0), most = bound(schema, "maxItems", place, -1);
        Part item = schema.has("items") ? value(schema.get("items"), place + "/items") : any();
        Part next = Grammar.sequence(SPACE, Grammar.literal(","), SPACE, item);
        if (most == 0) {
            return enclosed("[", Grammar.literal(""), "]");
        }
        Part some = Grammar.sequence(item, Grammar.repeated(next, Math.max(0, least - 1), most < 0 ? -1 : most - 1));
        return enclosed("[", least == 0 ? Grammar.maybe(some) : some, "]");
    }

    private int bound(JsonNode schema, String keyword, String place, int otherwise) {
        JsonNode given = schema.path(keyword);
        if (given.isMissingNode()) {
            return otherwise;
        }
        if (!given.isIntegralNumber() || given.asLong() < 0 || given.asLong() > ExpressionReader.MOST_REPEATS) {
            refused(place, say("%s is %s; expected %s", keyword, given,
                    say("a whole number from 0 to %,d", ExpressionReader.MOST_REPEATS)));
            return otherwise;
        }
        return given.asInt();
    }

    // ---- strings, and anything ----

    private static Part string() { return quoted(Grammar.repeated(character(new int[] {0, 0x10FFFF}), 0, -1)); }

    private Part string(JsonNode schema, String place) {
        int least = bound(schema, "minLength", place, 0), most = bound(schema, "maxLength", place, -1);
        if (most >= 0 && most < least) {
            return refused(place, say("minLength is above maxLength"));
        }
        if (schema.has("pattern")) {
            if (schema.has("minLength") || schema.has("maxLength")) {
                return refused(place, say("a length beside pattern cannot be held to; say it in the pattern"));
            }
            try {
                return quoted(ExpressionReader.found(schema.get("pattern").asText(), SchemaReader::character));
            } catch (UserError e) {
                return refused(place, e.getMessage());
            }
        }
        return quoted(Grammar.repeated(character(new int[] {0, 0x10FFFF}), least, most));
    }

    private static Part quoted(Part inside) {
        return Grammar.sequence(Grammar.literal("\""), inside, Grammar.literal("\""));
    }

    /** A character of some ranges as JSON's strings hold it: as it is, or escaped where it must be. */
    private static Part character(int[] ranges) {
        List<Part> parts = new ArrayList<>();
        int[] asTheyAre = within(ranges, new int[] {0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7E, 0x80, 0x10FFFF});
        if (asTheyAre.length > 0) {
            parts.add(Grammar.characters(asTheyAre));
        }
        String escapes = "\"\"\\\\\bb\ff\nn\rr\tt";
        for (int i = 0; i < escapes.length(); i += 2) {
            int point = escapes.charAt(i);
            if (within(ranges, new int[] {point, point}).length > 0) {
                parts.add(Grammar.literal("\\" + escapes.charAt(i + 1)));
            }
        }
        return parts.isEmpty() ? Grammar.either(List.of()) : Grammar.either(parts);
    }

    private static int[] within(int[] a, int[] b) {
        List<Integer> both = new ArrayList<>();
        for (int i = 0; i < a.length; i += 2) {
            for (int j = 0; j < b.length; j += 2) {
                int low = Math.max(a[i], b[j]), high = Math.min(a[i + 1], b[j + 1]);
                if (low <= high) {
                    both.add(low);
                    both.add(high);
                }
            }
        }
        return both.stream().mapToInt(point -> point).toArray();
    }

    private Part any() {
        if (anyValue < 0) {
            anyValue = grammar.rule();
            Part value = Grammar.call(anyValue), each = member(string(), value),
                    comma = Grammar.sequence(SPACE, Grammar.literal(","), SPACE);
            Part object = enclosed("{", Grammar.maybe(Grammar.sequence(each,
                    Grammar.repeated(Grammar.sequence(comma, each), 0, -1))), "}");
            Part list = enclosed("[", Grammar.maybe(Grammar.sequence(value,
                    Grammar.repeated(Grammar.sequence(comma, value), 0, -1))), "]");
            grammar.define(anyValue, Grammar.either(object, list, string(), NUMBER, Grammar.literal("true"),
                    Grammar.literal("false"), Grammar.literal("null")));
        }
        return Grammar.call(anyValue);
    }
}
