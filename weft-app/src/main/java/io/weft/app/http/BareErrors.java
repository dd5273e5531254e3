package io.weft.app.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Errors that arise before a request reaches a route (a broken header, say): the same shape as all others, and nothing
 * of how the server is made.
 */
final class BareErrors extends ErrorHandler {
    @Override public boolean errorPageForMethod(String method) { return true; }

    @Override protected void generateResponse(Request request, Response response, int status, String message,
            Throwable cause, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        // what follows on the connection may be the rest of what could not be read
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        Refusal refusal = status < 500 ? Refusal.request(status, null, null, HttpStatus.getMessage(status))
                : Refusal.internal();
        if (Visit.of(request).isGone() || cause instanceof IOException || cause instanceof QuietException) {
            Visit.of(request).leave(); // a client that left, not a fault: its line in the log says so
        } else if (status >= 500) {
            ServerLog.SERVER.error("a request failed", cause);
        }
        response.write(true, BufferUtil.toBuffer(refusal.json().toString(), StandardCharsets.UTF_8), callback);
    }
}
