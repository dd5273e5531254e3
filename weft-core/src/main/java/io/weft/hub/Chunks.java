package io.weft.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A body that is read piece by piece and never waits longer than told for the next one: the timeouts of the JDK's
 * client end at the head. Holds one piece at a time.
 */
final class Chunks implements BodySubscriber<Chunks>, AutoCloseable {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private Flow.Subscription subscription;
    private boolean closed;

    @Override public CompletionStage<Chunks> getBody() { return CompletableFuture.completedFuture(this); }

    @Override public synchronized void onSubscribe(Flow.Subscription given) {
        if (closed || subscription != null) {
            given.cancel();
            return;
        }
        subscription = given;
        given.request(1);
    }

    @Override public void onNext(List<ByteBuffer> piece) { events.add(new Event(piece, null)); }

    @Override public void onError(Throwable failure) { events.add(new Event(null, failure)); }

    @Override public void onComplete() { events.add(new Event(null, null)); }

    /**
     * The next piece, empty at the end.
     *
     * @throws HttpTimeoutException when none comes in time
     * @throws IOException when the connection breaks
     */
    Optional<List<ByteBuffer>> next(Duration patience) throws IOException, InterruptedException {
        Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            close();
            throw new HttpTimeoutException("no data for " + patience.toSeconds() + " s");
        }
        if (event.failure != null) {
            throw event.failure instanceof IOException broken ? broken : new IOException(event.failure);
        }
        if (event.piece != null) {
            request();
        }
        return Optional.ofNullable(event.piece);
    }

    private synchronized void request() {
        if (!closed) {
            subscription.request(1);
        }
    }

    /** Gives up the connection, unless the body is at its end. */
    @Override public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private record Event(List<ByteBuffer> piece, Throwable failure) { }
}
