package io.weft.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events. The status line goes out with the first byte, so what fails before has a status of its own.
 * Belongs to the thread that handles the request.
 */
public final class EventStream {
    private final Context context;
    private ServletOutputStream out;

    public EventStream(Context context) { this.context = context; }

    /** Whether anything was sent. */
    public boolean isOpen() { return out != null; }

    public void event(JsonNode json) throws IOException { write("data: " + json + "\n\n"); }

    /** A line that no client reads as an event, and that keeps proxies from giving the connection up. */
    public void comment(String text) throws IOException { write(": " + text + "\n\n"); }

    /** The end, as OpenAI's API marks it. */
    public void done() throws IOException { write("data: [DONE]\n\n"); }

    private void write(String text) throws IOException {
        if (out == null) {
            context.contentType("text/event-stream; charset=utf-8");
            context.header("X-Accel-Buffering", "no"); // a proxy in between shall pass events on as they come
            out = context.res().getOutputStream();
        }
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
