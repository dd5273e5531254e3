package io.weft.app.serve;

import io.weft.app.http.RequestBody;
import io.weft.generate.Sampling;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The sampling settings of a request, under the names that OpenAI's API and the servers after it have. */
final class SamplingParameters {
    static final Set<String> NAMES = Set.of("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "seed");

    private SamplingParameters() {}

    /** @param maxNewTokens already read. Without a seed every answer is a new one */
    static Sampling read(RequestBody body, int maxNewTokens) {
        Sampling otherwise = Sampling.DEFAULTS;
        return new Sampling(maxNewTokens, body.number("temperature", 0, Sampling.HIGHEST_TEMPERATURE,
                otherwise.temperature()),
                body.number("top_p", Double.MIN_NORMAL, 1, otherwise.topP()),
                body.integer("top_k", 0, 1_000_000, otherwise.topK()), body.number("min_p", 0, 1, otherwise.minP()),
                body.number("repetition_penalty", 0.1, 10, otherwise.repetitionPenalty()),
                body.wholeNumber("seed").orElseGet(() -> ThreadLocalRandom.current().nextLong()));
    }
}
