package io.weft.app.http;

import io.javalin.http.Context;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request when it has ended, refused ones and broken ones too: {@code POST /predict 200 812 ms 203
 * bytes 12+96 tokens from 127.0.0.1}, tokens being those of the prompt and of the answer. Never what was asked or
 * answered, no key, and no query, which could hold either.
 */
public final class AccessLog implements RequestLog {
    /** What nginx writes when the client left before it was answered. */
    static final int CLIENT_GONE = 499;
    private static final int LONGEST_PATH = 200;
    private static final String TOKENS = "io.weft.tokens", GONE = "io.weft.gone";
    private static final Logger LOG = LoggerFactory.getLogger("weft.access");

    /** Notes how many tokens a prompt had and an answer took. */
    public static void note(Context context, int prompt, int generated) {
        context.req().setAttribute(TOKENS, prompt + "+" + generated);
    }

    /** Notes that nobody waits for the answer any more. */
    public static void noteGone(Context context) { context.req().setAttribute(GONE, true); }

    @Override public void log(Request request, Response response) {
        if (LOG.isInfoEnabled()) {
            // as it was sent, with its escapes: nothing in it can break the line
            String path = String.valueOf(request.getHttpURI().getPath());
            Object tokens = request.getAttribute(TOKENS);
            LOG.info("{} {} {} {} ms {} bytes{} from {}", request.getMethod(),
                    path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "..." : path,
                    request.getAttribute(GONE) == null ? response.getStatus() : CLIENT_GONE,
                    NanoTime.millisSince(request.getBeginNanoTime()), Response.getContentBytesWritten(response),
                    tokens == null ? "" : " " + tokens + " tokens", Request.getRemoteAddr(request));
        }
    }
}
