package io.weft.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.data.Thinking;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * What a chat template is told beside the messages: {@code chat_template_kwargs}, as vLLM calls it, of which texts,
 * numbers and booleans are taken; {@code enable_thinking}, there or by itself; and OpenAI's {@code reasoning_effort}.
 *
 * @param variables by the names that the template has for them
 */
public record TemplateParameters(Thinking thinking, Map<String, Object> variables) {
    public static final String KWARGS = "chat_template_kwargs", ENABLE = "enable_thinking";
    private static final String EFFORT = "reasoning_effort";
    public static final Set<String> NAMES = Set.of(KWARGS, ENABLE, EFFORT);
    /** What the template is given of the messages and the request, which nobody else sets. */
    private static final Set<String> OWN = Set.of("messages", "conversation", "tools", "documents", "tokenize",
            "chat_template", "add_generation_prompt", "continue_final_message");
    private static final Set<String> EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh");
    private static final int MOST = 20, LONGEST = 1000;

    public static TemplateParameters read(RequestBody body) {
        JsonNode given = body.get(KWARGS);
        Map<String, Object> variables = new HashMap<>();
        Thinking thinking = thinking(ENABLE, body.get(ENABLE));
        if (body.has(KWARGS)) {
            if (!given.isObject() || given.size() > MOST) {
                throw RequestBody.wrong(KWARGS, given, say("an object such as {\"enable_thinking\": false}"));
            }
            given.properties().forEach(each -> scalar(each.getKey(), each.getValue(), variables));
            Thinking told = thinking(KWARGS + '.' + ENABLE, given.path(ENABLE));
            thinking = told == Thinking.AUTO ? thinking : told;
        }
        if (body.has(EFFORT)) {
            String effort = body.text(EFFORT);
            if (!EFFORTS.contains(effort)) {
                throw RequestBody.wrong(EFFORT, body.get(EFFORT), say("none, minimal, low, medium, high or xhigh"));
            }
            if (!effort.equals("none")) {               // it asks for nothing where the model does not think anyway
                variables.put(EFFORT, effort);
            }
        }
        return new TemplateParameters(thinking, variables);
    }

    private static void scalar(String name, JsonNode value, Map<String, Object> variables) {
        String full = KWARGS + '.' + (name.length() <= LONGEST ? name : name.substring(0, LONGEST));
        if (OWN.contains(name)) {
            throw Refusal.request(400, "unsupported_parameter", full,
                    say("'%s' is what the request itself says; it cannot be given here", full));
        }
        if (name.equals(ENABLE) || value.isNull()) {
            return;
        }
        if (!value.isValueNode() || value.isTextual() && value.asText().length() > LONGEST) {
            throw RequestBody.wrong(full, value, say("a text of at most %,d characters, a number, true or false",
                    LONGEST));
        }
        variables.put(name, value.isTextual() ? value.asText() : value.isBoolean() ? (Object) value.asBoolean()
                : value.isIntegralNumber() && value.canConvertToLong() ? (Object) value.asLong()
                : (Object) value.asDouble());
    }

    private static Thinking thinking(String name, JsonNode enable) {
        if (!enable.isMissingNode() && !enable.isNull() && !enable.isBoolean()) {
            throw RequestBody.wrong(name, enable, say("true or false"));
        }
        return !enable.isBoolean() ? Thinking.AUTO : enable.booleanValue() ? Thinking.ON : Thinking.OFF;
    }
}
