package io.weft.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.AnswerForm;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Penalties;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Choices, log-probabilities, penalties and form of an answer, as OpenAI's API names them. */
public final class OptionParameters {
    private static final int MOST_BIASES = 1024, MOST_PENALTY = 2, MOST_BIAS = 100;
    private static final Set<String> EITHER = Stream.concat(Stream.of("n", "frequency_penalty", "presence_penalty",
            "logit_bias", "logprobs"), FormParameters.NAMES.stream()).collect(Collectors.toUnmodifiableSet());
    public static final Set<String> OF_TEXT = EITHER;
    public static final Set<String> OF_CHAT = Stream.concat(EITHER.stream(), Stream.of("top_logprobs"))
            .collect(Collectors.toUnmodifiableSet());

    private OptionParameters() {}

    /** Of a chat, where {@code logprobs} is yes or no and {@code top_logprobs} their number. */
    public static GenerationOptions ofChat(RequestBody body) {
        int likeliest = body.integer("top_logprobs", 0, GenerationOptions.MOST_LOGPROBS, 0);
        boolean told = body.flag("logprobs", false);
        if (likeliest > 0 && !told) {
            throw Refusal.request("top_logprobs", say("'top_logprobs' asks for nothing without \"logprobs\": true"));
        }
        return options(body, told ? OptionalInt.of(likeliest) : OptionalInt.empty());
    }

    /** Of a text that goes on, where {@code logprobs} is a number. */
    public static GenerationOptions ofText(RequestBody body) {
        return options(body, body.has("logprobs") ? OptionalInt.of(body.integer("logprobs", 0,
                GenerationOptions.MOST_LOGPROBS, 0)) : OptionalInt.empty());
    }

    private static GenerationOptions options(RequestBody body, OptionalInt logprobs) {
        Penalties penalties = new Penalties(body.number("frequency_penalty", -MOST_PENALTY, MOST_PENALTY, 0),
                body.number("presence_penalty", -MOST_PENALTY, MOST_PENALTY, 0), bias(body.get("logit_bias")));
        Optional<AnswerForm> form = FormParameters.read(body);
        return new GenerationOptions(body.integer("n", 1, GenerationOptions.MOST_CHOICES, 1), logprobs, penalties,
                form);
    }

    private static Map<Integer, Double> bias(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return Map.of();
        }
        if (!given.isObject() || given.size() > MOST_BIASES) {
            throw RequestBody.wrong("logit_bias", given,
                    say("an object of at most %,d token ids, each with a number", MOST_BIASES));
        }
        Map<Integer, Double> bias = new HashMap<>();
        given.properties().forEach(each -> {
            if (!each.getKey().matches("\\d{1,9}")) {
                throw Refusal.request("logit_bias", say("'%s' in logit_bias is no token id", shortened(each.getKey())));
            }
            JsonNode value = each.getValue();
            if (!value.isNumber() || Math.abs(value.asDouble()) > MOST_BIAS) {
                throw RequestBody.wrong("logit_bias." + each.getKey(), value,
                        say("a number from %s to %s", -MOST_BIAS, MOST_BIAS));
            }
            bias.put(Integer.parseInt(each.getKey()), value.asDouble());
        });
        return bias;
    }

    private static String shortened(String text) { return text.length() <= 20 ? text : text.substring(0, 20) + "…"; }
}
