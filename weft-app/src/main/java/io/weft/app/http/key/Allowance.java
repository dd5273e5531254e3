package io.weft.app.http.key;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a client may still ask: two buckets (requests and tokens) that hold what a minute allows and fill steadily. An
 * answer's tokens are taken when it has ended, so a bucket can be in debt; nothing is begun before the debt is paid.
 * For any thread.
 */
public final class Allowance {
    private static final double MINUTE = TimeUnit.MINUTES.toNanos(1);
    private final LongSupplier nanoTime;
    private final Bucket requests, tokens;

    /** @param requests a minute, if bounded  @param tokens a minute, if bounded  @param nanoTime a clock */
    Allowance(OptionalInt requests, OptionalInt tokens, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.requests = requests.isPresent() ? new Bucket(requests.getAsInt(), nanoTime.getAsLong()) : null;
        this.tokens = tokens.isPresent() ? new Bucket(tokens.getAsInt(), nanoTime.getAsLong()) : null;
    }

    /** Which bound is reached, and for how long. @param bound "requests" or "tokens"  @param seconds at least 1 */
    public record Spent(String bound, int perMinute, int seconds) {}

    /** Takes one request, unless a bound is reached. */
    public synchronized Optional<Spent> take() {
        long now = nanoTime.getAsLong();
        for (Map.Entry<String, Bucket> entry : buckets().entrySet()) {
            double missing = 1 - entry.getValue().at(now);
            if (missing > 0) {
                return Optional.of(new Spent(entry.getKey(), (int) entry.getValue().most, (int) Math.min(3600,
                        Math.max(1, Math.ceil(missing / entry.getValue().most * 60)))));
            }
        }
        if (requests != null) {
            requests.left--;
        }
        return Optional.empty();
    }

    /** Takes the tokens of an answer that has ended. */
    public synchronized void spend(int used) {
        if (tokens != null) {
            tokens.at(nanoTime.getAsLong());
            tokens.left -= used;
        }
    }

    /** What OpenAI's API tells of it: x-ratelimit-limit-requests, -remaining-, -reset- and the same of tokens. */
    public synchronized Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        long now = nanoTime.getAsLong();
        buckets().forEach((name, bucket) -> {
            double left = bucket.at(now);
            headers.put("x-ratelimit-limit-" + name, String.valueOf((int) bucket.most));
            headers.put("x-ratelimit-remaining-" + name, String.valueOf((int) Math.max(0, Math.floor(left))));
            headers.put("x-ratelimit-reset-" + name,
                    Math.round(Math.ceil((bucket.most - left) / bucket.most * 60_000)) + "ms");
        });
        return headers;
    }

    private Map<String, Bucket> buckets() {
        Map<String, Bucket> buckets = new LinkedHashMap<>();
        if (requests != null) {
            buckets.put("requests", requests);
        }
        if (tokens != null) {
            buckets.put("tokens", tokens);
        }
        return buckets;
    }

    private static final class Bucket {
        private final double most;
        private double left;
        private long seen;

        Bucket(int most, long now) {
            this.most = most;
            left = most;
            seen = now;
        }

        double at(long now) {
            left = Math.min(most, left + (now - seen) / MINUTE * most);
            seen = now;
            return left;
        }
    }
}
