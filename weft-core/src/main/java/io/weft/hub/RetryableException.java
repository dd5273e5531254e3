package io.weft.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An answer that may be another one soon: too many requests, a server in trouble, an address that has run out. */
final class RetryableException extends IOException {
    private final int status;
    private final transient Optional<Duration> retryAfter;

    RetryableException(int status, String message, Optional<Duration> retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    int status() { return status; }

    /** How long the server asks to wait. */
    Optional<Duration> retryAfter() { return retryAfter; }
}
