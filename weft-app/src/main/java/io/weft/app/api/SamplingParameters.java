package io.weft.app.api;

import io.weft.app.http.RequestBody;
import io.weft.generate.Sampling;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The sampling settings of a request, under the names that OpenAI's API and the servers after it have. */
public final class SamplingParameters {
    public static final Set<String> NAMES = Set.of("temperature", "top_p", "top_k", "min_p", "repetition_penalty",
            "seed");

    private SamplingParameters() {}

    /**
     * The limits are OpenAI's where it has the setting, else vLLM's: a top_p of 0 leaves the likeliest token alone, a
     * top_k of 0 or -1 is off.
     *
     * @param maxNewTokens already read. Without a seed every answer is a new one
     */
    public static Sampling read(RequestBody body, int maxNewTokens) {
        Sampling otherwise = Sampling.DEFAULTS;
        return new Sampling(maxNewTokens, body.number("temperature", 0, Sampling.HIGHEST_TEMPERATURE,
                otherwise.temperature()),
                Math.max(Double.MIN_NORMAL, body.number("top_p", 0, 1, otherwise.topP())),
                Math.max(0, body.integer("top_k", -1, 1_000_000, otherwise.topK())),
                body.number("min_p", 0, 1, otherwise.minP()),
                body.number("repetition_penalty", 0.1, 10, otherwise.repetitionPenalty()),
                body.wholeNumber("seed").orElseGet(() -> ThreadLocalRandom.current().nextLong()));
    }
}
