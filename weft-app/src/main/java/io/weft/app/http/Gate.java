package io.weft.app.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

import static io.weft.problem.Language.say;

/**
 * What every request passes before it reaches a route: its name for the log, its guard, and its body, which is read
 * whole. Up to here no request has a thread of its own. Then it gets one of a bounded number, which may wait for an
 * answer or for a slow reader; the server's other threads never wait, so health is always told.
 */
public final class Gate extends Handler.Wrapper {
    private final Guard guard;
    private final Bounds bounds;
    private final BodyIntake bodies;
    private final ThreadPoolExecutor threads;

    /**
     * @param bodyBytes of the largest body  @param bodyTime for a body to arrive
     * @param atOnce    requests that may be handled at once; more are sent away for a moment
     * @param deadline  after which a request's connection is closed, whatever it waits for
     */
    public record Bounds(int bodyBytes, Duration bodyTime, int atOnce, Duration deadline) {}

    public Gate(Guard guard, Bounds bounds) {
        this.guard = guard;
        this.bounds = bounds;
        bodies = new BodyIntake(bounds.bodyBytes, bounds.bodyTime);
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(0, bounds.atOnce, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "weft-request-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Requests that have a thread. */
    public int handled() { return threads.getActiveCount(); }

    /** Bytes of the bodies that are held. */
    public long bodyBytes() { return bodies.held(); }

    @Override public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Visit visit = Visit.begin(request);
        response.getHeaders().put(Visit.header(), visit.id());
        try {
            if (guard.admit(request, response.getHeaders(), visit)) {
                response.setStatus(204);
                callback.succeeded();
                return true;
            }
        } catch (Refusal refusal) {
            refuse(refusal, request, response, callback);
            return true;
        }
        if (guard.isHealth(request)) {
            return super.handle(request, response, callback);
        }
        bodies.read(request, new BodyIntake.Whenever() {
            @Override public void read(byte[] body) { answer(new Whole(request, body), response, callback); }

            @Override public void refused(Refusal refusal) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close"); // the rest of the body is not read
                refuse(refusal, request, response, callback);
            }

            @Override public void left(Throwable reason) {
                visit.leave();
                callback.failed(reason);
            }
        });
        return true;
    }

    private void answer(Request request, Response response, Callback callback) {
        try {
            threads.execute(() -> handle(getHandler(), request, response, callback));
        } catch (RejectedExecutionException e) {
            refuse(Refusal.unavailable(say("too many requests are being answered; try again later"), 2), request,
                    response, callback);
        }
    }

    private void handle(Handler next, Request request, Response response, Callback callback) {
        Scheduler.Task end = request.getComponents().getScheduler().schedule(() -> {
            if (!response.isCompletedSuccessfully()) {
                request.getConnectionMetaData().getConnection().getEndPoint().close(
                        new TimeoutException("the deadline of a request has passed"));
            }
        }, bounds.deadline.toMillis(), TimeUnit.MILLISECONDS);
        Request.addCompletionListener(request, failure -> end.cancel());
        try {
            if (!next.handle(request, response, callback)) {
                refuse(Refusal.request(404, "not_found", null, say("there is nothing at this address")), request,
                        response, callback);
            }
        } catch (Throwable e) { // whatever it is, the client is told
            Response.writeError(request, response, callback, e);
        }
    }

    private static void refuse(Refusal refusal, Request request, Response response, Callback callback) {
        refusal.retrySeconds().ifPresent(seconds -> response.getHeaders().put("Retry-After", seconds));
        response.setStatus(refusal.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        byte[] body = refusal.json().toString().getBytes(StandardCharsets.UTF_8);
        response.write(true, request.getMethod().equals("HEAD") ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body),
                callback);
    }

    @Override protected void doStop() throws Exception {
        super.doStop();
        threads.shutdownNow();
    }

    /** A request whose body is there. */
    private static final class Whole extends Request.Wrapper {
        private final Content.Source body;

        Whole(Request request, byte[] bytes) {
            super(request);
            body = Content.Source.from(ByteBuffer.wrap(bytes));
        }

        @Override public Content.Chunk read() { return body.read(); }

        @Override public void demand(Runnable demandCallback) { body.demand(demandCallback); }

        @Override public void fail(Throwable failure) {
            body.fail(failure);
            super.fail(failure);
        }

        @Override public boolean consumeAvailable() { return true; }
    }
}
