package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.generate.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The body of {@code POST /v1/chat/completions}, checked.
 *
 * @param stream whether the answer comes piece by piece
 * @param usage whether a stream ends with the token counts
 */
record ChatRequest(Question question, boolean stream, boolean usage) {
    /** What a model thought before its words, as DeepSeek's API and vLLM call it. */
    static final String REASONING = "reasoning_content";
    private static final int MOST_MESSAGES = 1000, MOST_STOPS = 4, LONGEST_STOP = 200;
    /**
     * Of what the answer does not depend on here. The model's name is among them: there is one model, and the answer
     * says which.
     */
    private static final Set<String> UNUSED = Set.of("model", "user", "metadata", "store", "service_tier",
            "safety_identifier", "prompt_cache_key");
    /** What a chat template is told beside the messages, as vLLM calls it, and all of it that is read here. */
    private static final String KWARGS = "chat_template_kwargs", ENABLE = "enable_thinking";
    /** The full name of what says whether a model is to think first. */
    static final String THINKING = KWARGS + '.' + ENABLE;
    private static final Set<String> READ = Set.of("messages", "max_tokens", "max_completion_tokens", "stop", "stream",
            "stream_options", KWARGS);
    /** Of OpenAI's API but not here, with the only values that ask for nothing. */
    private static final Map<String, Predicate<JsonNode>> NOT_HERE = Map.ofEntries(
            Map.entry("n", value -> value.isIntegralNumber() && value.asLong() == 1),
            Map.entry("frequency_penalty", value -> value.isNumber() && value.asDouble() == 0),
            Map.entry("presence_penalty", value -> value.isNumber() && value.asDouble() == 0),
            Map.entry("logprobs", value -> value.isBoolean() && !value.asBoolean()),
            Map.entry("top_logprobs", value -> value.isIntegralNumber() && value.asLong() == 0),
            Map.entry("logit_bias", value -> value.isObject() && value.isEmpty()),
            Map.entry("response_format", value -> value.path("type").asText().equals("text")),
            Map.entry("tools", value -> value.isArray() && value.isEmpty()),
            Map.entry("tool_choice", value -> value.asText().equals("none") || value.asText().equals("auto")),
            Map.entry("functions", value -> value.isArray() && value.isEmpty()),
            Map.entry("function_call", value -> value.asText().equals("none")),
            Map.entry("parallel_tool_calls", JsonNode::isBoolean),
            Map.entry("modalities", value -> value.size() == 1 && value.path(0).asText().equals("text")),
            Map.entry("audio", value -> false), Map.entry("prediction", value -> false),
            Map.entry("reasoning_effort", value -> value.asText().equals("none")),
            Map.entry("verbosity", value -> value.asText().equals("medium")),
            Map.entry("web_search_options", value -> false));
    private static final Set<String> PARAMETERS = Stream.of(UNUSED, READ, NOT_HERE.keySet(), SamplingParameters.NAMES)
            .flatMap(Set::stream).collect(Collectors.toSet());

    /** @throws Refusal naming the first parameter that cannot be */
    static ChatRequest of(RequestBody body, int maxNewTokens) {
        body.allowOnly(PARAMETERS);
        NOT_HERE.forEach((name, asksForNothing) -> {
            if (body.has(name) && !asksForNothing.test(body.get(name))) {
                throw Refusal.request(400, "unsupported_parameter", name,
                        say("'%s' is not supported by this server; leave it out", name));
            }
        });
        if (body.has("model")) {
            body.text("model");
        }
        List<Message> messages = messages(body.get("messages"));
        int otherwise = body.integer("max_tokens", 1, maxNewTokens,
                Math.min(Sampling.DEFAULTS.maxNewTokens(), maxNewTokens));
        Sampling sampling = SamplingParameters.read(body,
                body.integer("max_completion_tokens", 1, maxNewTokens, otherwise));
        boolean stream = body.flag("stream", false);
        return new ChatRequest(new Question(new Question.Asked.Chat(messages, thinking(body.get(KWARGS))), sampling,
                body.texts("stop", MOST_STOPS, LONGEST_STOP)), stream, usage(body.get("stream_options"), stream));
    }

    private static Thinking thinking(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return Thinking.AUTO;
        }
        if (!given.isObject()) {
            throw RequestBody.wrong(KWARGS, given, say("an object such as {\"enable_thinking\": false}"));
        }
        given.fieldNames().forEachRemaining(name -> {
            if (!name.equals(ENABLE)) {
                throw Refusal.request(400, "unsupported_parameter", KWARGS + '.' + name,
                        say("'%s.%s' is not supported by this server", KWARGS, name));
            }
        });
        JsonNode enable = given.path(ENABLE);
        if (!enable.isMissingNode() && !enable.isNull() && !enable.isBoolean()) {
            throw RequestBody.wrong(THINKING, enable, say("true or false"));
        }
        return !enable.isBoolean() ? Thinking.AUTO : enable.booleanValue() ? Thinking.ON : Thinking.OFF;
    }

    private static boolean usage(JsonNode options, boolean stream) {
        if (options.isMissingNode() || options.isNull()) {
            return false;
        }
        if (!options.isObject() || !stream) {
            throw RequestBody.wrong("stream_options", options, say("an object, together with \"stream\": true"));
        }
        JsonNode wanted = options.path("include_usage");
        if (!wanted.isMissingNode() && !wanted.isNull() && !wanted.isBoolean()) {
            throw RequestBody.wrong("stream_options.include_usage", wanted, say("true or false"));
        }
        return wanted.asBoolean();
    }

    private static List<Message> messages(JsonNode array) {
        if (!array.isArray() || array.isEmpty() || array.size() > MOST_MESSAGES) {
            throw RequestBody.wrong("messages", array, say("a list of 1 to %d messages", MOST_MESSAGES));
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            messages.add(message("messages[" + i + "]", array.get(i)));
        }
        return messages;
    }

    private static Message message(String name, JsonNode node) {
        if (!node.isObject()) {
            throw RequestBody.wrong(name, node, say("an object with role and content"));
        }
        JsonNode role = node.path("role");
        if (!Set.of("system", "developer", "user", "assistant").contains(role.asText())) {
            throw RequestBody.wrong(name + ".role", role, say("system, developer, user or assistant"));
        }
        for (String notHere : List.of("tool_calls", "function_call", "tool_call_id", "audio")) {
            if (node.hasNonNull(notHere)) {
                throw Refusal.request(400, "unsupported_parameter", name + '.' + notHere,
                        say("'%s.%s' is not supported by this server", name, notHere));
            }
        }
        // OpenAI's newer word for the same role; chat templates know the older one
        return new Message(role.asText().equals("developer") ? "system" : role.asText(),
                content(name + ".content", node.path("content")), reasoning(name, role.asText(), node));
    }

    /** What an assistant thought before it answered, as clients send it back; "" where nothing was. */
    private static String reasoning(String name, String role, JsonNode node) {
        JsonNode given = node.path(REASONING);
        if (given.isMissingNode() || given.isNull() || given.isTextual() && given.asText().isEmpty()) {
            return "";
        }
        if (!given.isTextual() || !role.equals("assistant")) {
            throw RequestBody.wrong(name + '.' + REASONING, given,
                    say("a text, in a message of the assistant"));
        }
        return given.asText();
    }

    /** A text, or parts that are all text. */
    private static String content(String name, JsonNode node) {
        if (node.isTextual()) {
            return node.asText();
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
}
