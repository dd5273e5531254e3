package io.weft.app.http;

/**
 * A request that has been answered, or left.
 *
 * @param method of HTTP  @param path as it was sent, with its escapes and without its query
 * @param status of HTTP; 499, as nginx writes it, where the client left first
 * @param nanos  that it took  @param bytes of the answer
 */
public record EndedRequest(Visit visit, String method, String path, int status, long nanos, long bytes,
        String address) {}
