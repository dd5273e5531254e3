package io.weft.app.http;

import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request when it has ended, refused ones and broken ones too: {@code POST /predict 200 812 ms 203
 * bytes 12+96 tokens first 120 ms model faq key alice from 127.0.0.1 id 4f1c}, tokens being those of the prompt and of
 * the answer. Never what was asked or answered, no key but its name, and no query, which could hold either.
 */
final class AccessLog implements RequestLog {
    /** What nginx writes when the client left before it was answered. */
    private static final int CLIENT_GONE = 499;
    private static final int LONGEST_PATH = 200;
    private static final Logger LOG = LoggerFactory.getLogger("weft.access");
    private final Consumer<EndedRequest> metrics;

    /** @param metrics that count them, too */
    AccessLog(Consumer<EndedRequest> metrics) { this.metrics = metrics; }

    @Override public void log(Request request, Response response) {
        Visit visit = Visit.of(request);
        // as it was sent, with its escapes: nothing in it can break the line
        String path = String.valueOf(request.getHttpURI().getPath());
        EndedRequest ended = new EndedRequest(visit, String.valueOf(request.getMethod()), path.length() > LONGEST_PATH
                ? path.substring(0, LONGEST_PATH) + "..." : path, visit.isGone() ? CLIENT_GONE : response.getStatus(),
                NanoTime.since(request.getBeginNanoTime()), Response.getContentBytesWritten(response),
                String.valueOf(Request.getRemoteAddr(request)));
        metrics.accept(ended);
        if (LOG.isInfoEnabled()) {
            LOG.info(line(ended));
        }
    }

    private static String line(EndedRequest ended) {
        Visit visit = ended.visit();
        StringBuilder line = new StringBuilder().append(ended.method()).append(' ').append(ended.path()).append(' ')
                .append(ended.status()).append(' ').append(ended.nanos() / 1_000_000).append(" ms ")
                .append(ended.bytes()).append(" bytes");
        visit.tokens().ifPresent(tokens -> line.append(' ').append(tokens.prompt()).append('+')
                .append(tokens.generated()).append(" tokens"));
        visit.first().ifPresent(nanos -> line.append(" first ").append(nanos / 1_000_000).append(" ms"));
        add(line, " model ", visit.model());
        add(line, " key ", visit.key());
        visit.notes().forEach(note -> add(line, " ", note));
        add(line, " from ", ended.address());
        add(line, " id ", visit.id());
        return line.toString();
    }

    private static void add(StringBuilder line, String word, String value) {
        if (!value.isEmpty()) {
            line.append(word).append(value);
        }
    }
}
