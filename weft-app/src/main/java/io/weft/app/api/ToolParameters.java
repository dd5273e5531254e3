package io.weft.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.AnswerForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * The tools that a model may call.
 *
 * @param tools  as they were sent, none where none may be called
 * @param choice what is wanted of the model
 * @param named  the tool that it must call, or nothing
 * @param several whether one answer may call more than one
 */
public record ToolParameters(List<JsonNode> tools, Choice choice, Optional<String> named, boolean several) {
    public static final Set<String> NAMES = Set.of("tools", "tool_choice", "parallel_tool_calls");
    private static final int MOST = 128;
    private static final String CHOICE = "tool_choice";
    private static final List<String> DEFINITIONS = List.of("$defs", "definitions");

    /** Whether a tool is called. */
    public enum Choice { NONE, AUTO, REQUIRED, NAMED }

    public static ToolParameters read(RequestBody body) {
        List<JsonNode> tools = tools(body.get("tools"));
        boolean several = body.flag("parallel_tool_calls", true);
        JsonNode wanted = body.get(CHOICE);
        Choice choice = wanted.isMissingNode() || wanted.isNull() ? Choice.AUTO : switch (wanted.asText()) {
            case "none" -> Choice.NONE;
            case "auto" -> Choice.AUTO;
            case "required" -> Choice.REQUIRED;
            default -> Choice.NAMED;
        };
        Optional<String> named = Optional.empty();
        if (choice == Choice.NAMED) {
            JsonNode name = wanted.path("function").path("name");
            if (!name.isTextual()) {
                throw RequestBody.wrong(CHOICE, wanted, say("none, auto, required or {\"type\": \"function\", "
                        + "\"function\": {\"name\": …}}"));
            }
            named = Optional.of(name.asText());
            if (tools.stream().noneMatch(tool -> name(tool).equals(name.asText()))) {
                throw Refusal.request(CHOICE, say("'%s' is none of the tools sent", name.asText()));
            }
        }
        if (choice == Choice.REQUIRED && tools.isEmpty()) {
            throw Refusal.request(CHOICE, say("a call is required, but no tools were sent"));
        }
        return new ToolParameters(choice == Choice.NONE ? List.of() : tools, tools.isEmpty() ? Choice.NONE : choice,
                named, several);
    }

    private static List<JsonNode> tools(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return List.of();
        }
        if (!given.isArray() || given.size() > MOST) {
            throw RequestBody.wrong("tools", given, say("a list of at most %d tools", MOST));
        }
        List<JsonNode> tools = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            JsonNode tool = given.get(i), function = tool.path("function");
            if (!tool.path("type").asText().equals("function")
                    || !function.path("name").asText().matches("[\\w.-]{1,64}")
                    || function.hasNonNull("parameters") && !function.get("parameters").isObject()) {
                throw RequestBody.wrong("tools[" + i + ']', tool, say("{\"type\": \"function\", \"function\": "
                        + "{\"name\": …, \"description\": …, \"parameters\": JSON schema}}"));
            }
            tools.add(tool);
        }
        return tools;
    }

    private static String name(JsonNode tool) { return tool.path("function").path("name").asText(); }

    /** The names, in their order. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        tools.forEach(tool -> names.add(name(tool)));
        return names;
    }

    /** Whether the whole answer is one call, held to the tool's schema. */
    public boolean isForced() { return choice == Choice.REQUIRED || choice == Choice.NAMED; }

    /** What the answer's text must be so that it is a call, where one is required: an object of name and arguments. */
    public Optional<AnswerForm> form() {
        if (!isForced()) {
            return Optional.empty();
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode any = JsonNodeFactory.instance.arrayNode();
        for (JsonNode tool : tools) {
            if (named.isEmpty() || named.get().equals(name(tool))) {
                any.add(call(tool.get("function")));
                DEFINITIONS.forEach(key -> lift(key, tool, root));
            }
        }
        return Optional.of(new AnswerForm.JsonSchema(any.size() == 1 ? root.setAll((ObjectNode) any.get(0))
                : root.set("anyOf", any)));
    }

    /** References in a tool's schema begin at the root, which is another one here. */
    private static void lift(String key, JsonNode tool, ObjectNode root) {
        tool.path("function").path("parameters").path(key).properties().forEach(each -> {
            JsonNode known = root.withObject('/' + key).get(each.getKey());
            if (known != null && !known.equals(each.getValue())) {
                throw Refusal.request("tools", say("two tools define '%s' in %s, each otherwise; give the definitions "
                        + "different names", each.getKey(), key));
            }
            root.withObject('/' + key).set(each.getKey(), each.getValue());
        });
    }

    private static ObjectNode call(JsonNode function) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("name").put("const", function.get("name").asText());
        properties.set("arguments", function.hasNonNull("parameters") ? function.get("parameters")
                : JsonNodeFactory.instance.objectNode().put("type", "object").put("additionalProperties", false));
        schema.putArray("required").add("name").add("arguments");
        return schema.put("additionalProperties", false);
    }
}
