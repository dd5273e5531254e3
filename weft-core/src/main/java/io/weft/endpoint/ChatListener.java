package io.weft.endpoint;

import java.time.Duration;

/** Hears how the asking goes; from several threads. */
@FunctionalInterface
public interface ChatListener {
    /** Nobody listens. */
    ChatListener NONE = (reason, wait) -> { };

    /** An attempt failed and there will be another. @param reason fit to print */
    void retrying(String reason, Duration wait);
}
