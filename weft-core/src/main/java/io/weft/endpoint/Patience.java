package io.weft.endpoint;

import java.time.Duration;

/**
 * How long to wait for a service, and how often to ask again.
 *
 * @param connect   until a connection stands
 * @param answer    until an answer is there whole
 * @param firstWait before the second attempt; doubles from then on, up to {@code longestWait}
 * @param longestWait also the longest that a service may ask for by Retry-After
 * @param attempts  in a row before giving up, from 1
 */
public record Patience(Duration connect, Duration answer, Duration firstWait, Duration longestWait, int attempts) {
    public static final Patience DEFAULTS = new Patience(Duration.ofSeconds(10), Duration.ofMinutes(3),
            Duration.ofSeconds(1), Duration.ofMinutes(2), 6);

    /** These, with another time until an answer is there. */
    public Patience withAnswer(Duration other) {
        return new Patience(connect, other, firstWait, longestWait, attempts);
    }

    /**
     * @param failures attempts in a row that failed, from 1
     * @param share    from 0 to 1, drawn anew each time: askers that were refused together do not come back together
     */
    Duration waitAfter(int failures, double share) {
        long full = Math.min(longestWait.toMillis(), firstWait.toMillis() << Math.min(failures - 1, 20));
        return Duration.ofMillis(Math.round(full * (0.5 + share / 2)));
    }
}
