package io.weft.app.api;

/**
 * What clients may send.
 *
 * @param strict   whether a field that nobody reads, and a conversation that the model was not tuned with, are refused;
 *     else the one is ignored and named, the other told in the words of the tuned prompt
 * @param adapters whether adapters may be opened and let go by a request
 */
public record ApiSettings(boolean strict, boolean adapters) {
    public static final ApiSettings DEFAULTS = new ApiSettings(false, false);
}
