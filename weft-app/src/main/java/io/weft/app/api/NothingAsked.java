package io.weft.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * Parameters that change an answer in ways that this server does not know. Clients send many of them with the value
 * that asks for nothing, which is taken; any other is refused by name, since the answer would be another one.
 */
public final class NothingAsked {
    private static final Predicate<JsonNode> EMPTY = value -> value.isContainerNode() && value.isEmpty();
    private static final Predicate<JsonNode> NO = value -> value.isBoolean() && !value.asBoolean();
    private static final Map<String, Predicate<JsonNode>> CHAT = Map.ofEntries(
            Map.entry("functions", EMPTY), Map.entry("function_call", value -> value.asText().equals("none")
            || value.asText().equals("auto")),
            Map.entry("modalities", value -> value.size() == 1 && value.path(0).asText().equals("text")),
            Map.entry("audio", EMPTY), Map.entry("prediction", EMPTY), Map.entry("web_search_options", value -> false),
            Map.entry("verbosity", value -> value.asText().equals("medium")), Map.entry("documents", EMPTY),
            Map.entry("chat_template", value -> false), Map.entry("echo", NO));
    private static final Map<String, Predicate<JsonNode>> BOTH = Map.ofEntries(
            Map.entry("best_of", value -> value.isIntegralNumber() && value.asLong() == 1),
            Map.entry("use_beam_search", NO), Map.entry("ignore_eos", NO),
            Map.entry("min_tokens", value -> value.isIntegralNumber() && value.asLong() == 0),
            Map.entry("stop_token_ids", EMPTY), Map.entry("include_stop_str_in_output", NO),
            Map.entry("bad_words", EMPTY), Map.entry("allowed_token_ids", EMPTY),
            Map.entry("skip_special_tokens", value -> value.isBoolean() && value.asBoolean()),
            Map.entry("prompt_logprobs", value -> false), Map.entry("guided_grammar", value -> false));
    /** Of chats. */
    public static final NothingAsked OF_CHAT = new NothingAsked(CHAT, BOTH);
    /** Of texts that go on. */
    public static final NothingAsked OF_TEXT = new NothingAsked(Map.of("suffix", value -> value.asText().isEmpty()),
            BOTH);
    private final Map<String, Predicate<JsonNode>> asksForNothing;

    private NothingAsked(Map<String, Predicate<JsonNode>> some, Map<String, Predicate<JsonNode>> more) {
        var all = new TreeMap<>(some);
        all.putAll(more);
        asksForNothing = all;
    }

    public Set<String> names() { return asksForNothing.keySet(); }

    /** @throws Refusal naming the first that asks for something */
    public void check(RequestBody body) {
        asksForNothing.forEach((name, nothing) -> {
            if (body.has(name) && !nothing.test(body.get(name))) {
                throw Refusal.request(400, "unsupported_parameter", name,
                        say("'%s' is not supported by this server; leave it out", name));
            }
        });
    }
}
