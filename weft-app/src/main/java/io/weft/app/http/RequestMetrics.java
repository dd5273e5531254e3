package io.weft.app.http;

import io.weft.app.http.metric.Metrics;
import java.util.Set;
import java.util.function.Consumer;

/** What a server tells of its requests, counted when they have ended. */
public final class RequestMetrics implements Consumer<EndedRequest> {
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
            600};
    private static final double[] TOKEN_SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25,
            0.5, 1, 2.5};
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");
    private final Metrics.Counter requests, promptTokens, cachedTokens, generatedTokens;
    private final Metrics.Histogram seconds, first, token;

    public RequestMetrics(Metrics metrics) {
        requests = metrics.counter("weft_requests_total",
                "Requests that have ended, by route, status (499: the client left) and the key's name.", "method",
                "route", "status", "key");
        seconds = metrics.histogram("weft_request_seconds",
                "From the first byte of a request to the end of its answer.", SECONDS, "route");
        first = metrics.histogram("weft_first_token_seconds",
                "From the first byte of a request to the first token of its answer.", SECONDS, "model");
        token = metrics.histogram("weft_token_seconds", "A token of an answer behind the first, mean of the answer.",
                TOKEN_SECONDS, "model");
        promptTokens = metrics.counter("weft_prompt_tokens_total", "Tokens of prompts.", "model", "key");
        cachedTokens = metrics.counter("weft_cached_prompt_tokens_total",
                "Tokens of prompts that were in the cache already.", "model", "key");
        generatedTokens = metrics.counter("weft_generated_tokens_total", "Tokens of answers.", "model", "key");
    }

    @Override public void accept(EndedRequest ended) {
        Visit visit = ended.visit();
        // what a client makes up is no name of ours
        requests.add(1, METHODS.contains(ended.method()) ? ended.method() : "other", visit.route(),
                String.valueOf(ended.status()), visit.key());
        seconds.observe(ended.nanos() / 1e9, visit.route());
        visit.first().ifPresent(nanos -> first.observe(nanos / 1e9, visit.model()));
        visit.tokens().ifPresent(tokens -> {
            promptTokens.add(tokens.prompt(), visit.model(), visit.key());
            cachedTokens.add(tokens.cached(), visit.model(), visit.key());
            generatedTokens.add(tokens.generated(), visit.model(), visit.key());
            if (tokens.generated() > 1 && visit.first().isPresent()) {
                token.observe(visit.answering() / 1e9 / (tokens.generated() - 1), visit.model());
            }
        });
    }
}
