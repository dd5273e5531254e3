package io.weft.app.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.data.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * The conversation of a request. Clients send answers back as they got them, with fields that are null or empty: what
 * asks for nothing is taken.
 *
 * @param messages  in order
 * @param continues whether the answer goes on behind the last one, the assistant's
 */
public record ChatMessages(List<Message> messages, boolean continues) {
    /** What a model thought before its words, as DeepSeek's API and vLLM call it. */
    public static final String REASONING = "reasoning_content";
    private static final String CONTINUE = "continue_final_message", GENERATION_PROMPT = "add_generation_prompt";
    private static final String CALLS = Message.TOOL_CALLS, FUNCTION_CALL = "function_call", PREFIX = "prefix";
    public static final Set<String> NAMES = Set.of("messages", CONTINUE, GENERATION_PROMPT);
    private static final int MOST_MESSAGES = 1000, MOST_CALLS = 128;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> READ = Set.of("role", "content", REASONING, CALLS, FUNCTION_CALL, PREFIX,
            "tool_call_id", "name", "audio");
    private static final ObjectMapper JSON = new JsonMapper();

    /** @throws Refusal naming the first part that cannot be */
    public static ChatMessages read(RequestBody body, IgnoredFields ignored) {
        JsonNode array = body.get("messages");
        if (!array.isArray() || array.isEmpty() || array.size() > MOST_MESSAGES) {
            throw RequestBody.wrong("messages", array, say("a list of 1 to %d messages", MOST_MESSAGES));
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            messages.add(message("messages[" + i + ']', array.get(i), i == array.size() - 1, ignored));
        }
        return new ChatMessages(messages, continues(body, messages.get(messages.size() - 1)));
    }

    /** A second turn of the assistant is never wanted, so behind its message an answer goes on. */
    private static boolean continues(RequestBody body, Message last) {
        boolean behind = last.isAssistant(), asked = body.flag(CONTINUE, false), begun = body.flag(GENERATION_PROMPT,
                !behind);
        if (!behind && (asked || !begun)) {
            throw Refusal.request(asked ? CONTINUE : GENERATION_PROMPT,
                    say("an answer can go on only behind a message of the assistant, and the last one is the %s's",
                    last.role()));
        }
        if (behind && body.has(CONTINUE) && !asked) {
            throw Refusal.request(CONTINUE, say("the last message is the assistant's, so there is nothing to answer; "
                    + "leave '%s' out to go on behind it, or end with the user's message", CONTINUE));
        }
        if (behind && last.fields().containsKey(CALLS)) {
            throw Refusal.request("messages", say("the last message calls tools; send what they returned, in messages "
                    + "of the role tool"));
        }
        return behind;
    }

    private static Message message(String name, JsonNode node, boolean last, IgnoredFields ignored) {
        if (!node.isObject()) {
            throw RequestBody.wrong(name, node, say("an object with role and content"));
        }
        String role = node.path("role").asText();
        if (!ROLES.contains(role)) {
            throw RequestBody.wrong(name + ".role", node.path("role"),
                    say("system, developer, user, assistant or tool"));
        }
        boolean assistant = role.equals("assistant");
        if (!asksForNothing(node.path("audio"))) {
            throw Refusal.request(400, "unsupported_parameter", name + ".audio",
                    say("'%s.%s' is not supported by this server", name, "audio"));
        }
        if (!asksForNothing(node.path(PREFIX)) && !(node.path(PREFIX).isBoolean() && assistant && last)) {
            throw RequestBody.wrong(name + '.' + PREFIX, node.path(PREFIX),
                    say("true or false, in the last message, the assistant's"));
        }
        node.properties().forEach(each -> {
            if (!READ.contains(each.getKey()) && !asksForNothing(each.getValue())) {
                ignored.add("messages[]." + each.getKey());
            }
        });
        Map<String, Object> fields = fields(name, role, node);
        return new Message(templateRole(role), content(name + ".content", node.path("content"), assistant),
                reasoning(name, assistant, node), fields);
    }

    /** Newer and older words of OpenAI for roles that chat templates know. */
    private static String templateRole(String role) {
        return switch (role) {
            case "developer" -> "system";
            case "function" -> "tool";
            default -> role;
        };
    }

    private static boolean asksForNothing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()
                || value.isTextual() && value.asText().isEmpty() || value.isBoolean() && !value.asBoolean();
    }

    /** What an assistant thought before it answered, as clients send it back; "" where nothing was. */
    private static String reasoning(String name, boolean assistant, JsonNode node) {
        JsonNode given = node.path(REASONING);
        if (asksForNothing(given)) {
            return "";
        }
        if (!given.isTextual() || !assistant) {
            throw RequestBody.wrong(name + '.' + REASONING, given, say("a text, in a message of the assistant"));
        }
        return given.asText();
    }

    /** A text, or parts that are all text. @param mayLack whether nothing may stand there, as beside calls of tools */
    private static String content(String name, JsonNode node, boolean mayLack) {
        if (node.isTextual()) {
            return node.asText();
        }
        if (mayLack && asksForNothing(node)) {
            return "";
        }
        if (!node.isArray() || node.isEmpty()) {
            throw RequestBody.wrong(name, node, say("a text, or a list of text parts"));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < node.size(); i++) {
            JsonNode part = node.get(i);
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw RequestBody.wrong(name + '[' + i + ']', part,
                        say("{\"type\": \"text\", \"text\": …}; this model reads nothing but text"));
            }
            text.append(part.path("text").asText());
        }
        return text.toString();
    }

    private static Map<String, Object> fields(String name, String role, JsonNode node) {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<Object> calls = calls(name, node);
        if (!calls.isEmpty()) {
            if (!role.equals("assistant")) {
                throw RequestBody.wrong(name + '.' + CALLS, node.path(CALLS),
                        say("nothing, except in a message of the assistant"));
            }
            fields.put(CALLS, calls);
        }
        if (role.equals("tool") || role.equals("function")) {
            for (String id : List.of("tool_call_id", "name")) {
                if (node.path(id).isTextual()) {
                    fields.put(id, node.path(id).asText());
                }
            }
        } else if (!asksForNothing(node.path("tool_call_id"))) {
            throw RequestBody.wrong(name + ".tool_call_id", node.path("tool_call_id"),
                    say("nothing, except in a message of the role tool"));
        }
        return fields;
    }

    private static List<Object> calls(String name, JsonNode node) {
        List<Object> calls = new ArrayList<>();
        JsonNode given = node.path(CALLS), older = node.path(FUNCTION_CALL);
        if (!asksForNothing(older)) {
            calls.add(call(name + '.' + FUNCTION_CALL, "", older));
        }
        if (asksForNothing(given)) {
            return calls;
        }
        if (!given.isArray() || given.size() > MOST_CALLS) {
            throw RequestBody.wrong(name + '.' + CALLS, given, say("a list of at most %d calls", MOST_CALLS));
        }
        for (int i = 0; i < given.size(); i++) {
            calls.add(call(name + '.' + CALLS + '[' + i + "].function", given.get(i).path("id").asText(),
                    given.get(i).path("function")));
        }
        return calls;
    }

    /** Chat templates take the arguments as an object, the API as the text of one. */
    private static Map<String, Object> call(String name, String id, JsonNode function) {
        JsonNode arguments = function.path("arguments");
        if (!function.path("name").isTextual()) {
            throw RequestBody.wrong(name + ".name", function.path("name"), say("the name of a tool"));
        }
        if (arguments.isTextual()) {
            try {
                arguments = arguments.asText().isBlank() ? JSON.createObjectNode() : JSON.readTree(arguments.asText());
            } catch (JsonProcessingException e) {
                throw RequestBody.wrong(name + ".arguments", arguments, say("a JSON object, as a text"));
            }
        }
        if (!arguments.isObject()) {
            throw RequestBody.wrong(name + ".arguments", function.path("arguments"), say("a JSON object, as a text"));
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", function.get("name").asText());
        told.put("arguments", JSON.convertValue(arguments, LinkedHashMap.class));
        Map<String, Object> call = new LinkedHashMap<>();
        if (!id.isEmpty()) {
            call.put("id", id);
        }
        call.put("type", "function");
        call.put("function", told);
        return call;
    }
}
