package io.weft.hub;

import java.time.Duration;

/**
 * How long to wait for a server, and how often to try again.
 *
 * @param connect until a connection stands
 * @param answer until the head of an answer is there
 * @param stall between two pieces of a body
 * @param firstWait before the second attempt; doubles from then on, 30 s at most
 * @param attempts in a row that brought nothing before giving up
 */
public record RetryPolicy(Duration connect, Duration answer, Duration stall, Duration firstWait, int attempts) {
    public static final RetryPolicy DEFAULTS = new RetryPolicy(Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(30), Duration.ofSeconds(1), 5);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** @param failures how many attempts in a row have failed, from 1 */
    Duration waitAfter(int failures) {
        Duration wait = firstWait.multipliedBy(1L << Math.min(failures - 1, 20));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
