package io.weft.app.http;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

import static io.weft.problem.Language.say;

/**
 * Reads bodies as their bytes come, with no thread for a client that sends slowly: what is held of a body is its bytes,
 * and of all bodies together no more than a bound.
 */
final class BodyIntake {
    /** What all bodies that are on their way or being answered may hold, beside one of the largest. */
    private static final long MOST_HELD = 16L << 20;
    private static final int FIRST = 4096;
    private final int mostBytes;
    private final Duration patience;
    private final AtomicLong held = new AtomicLong();

    /** @param mostBytes of one body  @param patience for a whole body */
    BodyIntake(int mostBytes, Duration patience) {
        this.mostBytes = mostBytes;
        this.patience = patience;
    }

    /** What becomes of a body. Each is called once at most, by any thread. */
    interface Whenever {
        void read(byte[] body);

        void refused(Refusal refusal);

        void left(Throwable reason);
    }

    /** Bytes of all bodies that are held. */
    long held() { return held.get(); }

    void read(Request request, Whenever whenever) {
        if (request.getLength() > mostBytes) {
            whenever.refused(tooLarge());
        } else if (request.getLength() == 0) {
            whenever.read(new byte[0]);
        } else {
            new Reading(request, whenever).start();
        }
    }

    private Refusal tooLarge() {
        return Refusal.request(413, "body_too_large", null, say("the body is larger than %,d bytes", mostBytes));
    }

    private final class Reading implements Runnable {
        private final Request request;
        private final Whenever whenever;
        private final AtomicBoolean ended = new AtomicBoolean();
        private Scheduler.Task timer;
        private byte[] bytes = new byte[0];
        private int count;

        Reading(Request request, Whenever whenever) {
            this.request = request;
            this.whenever = whenever;
        }

        void start() {
            Request.addCompletionListener(request, failure -> release());
            timer = request.getComponents().getScheduler().schedule(() -> end(reader -> reader.refused(
                    Refusal.request(408, "body_too_slow", null, say("the body did not arrive within %d seconds",
                    patience.toSeconds())))), patience.toMillis(), TimeUnit.MILLISECONDS);
            run();
        }

        /** What there is; called again when there is more. */
        @Override public void run() {
            while (!ended.get()) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    end(reader -> reader.left(chunk.getFailure()));
                    return;
                }
                boolean last = chunk.isLast(), fits = take(chunk);
                chunk.release();
                if (fits && last) {
                    byte[] body = count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
                    end(reader -> reader.read(body));
                }
            }
        }

        private boolean take(Content.Chunk chunk) {
            int more = chunk.remaining();
            if (count + (long) more > mostBytes) {
                end(reader -> reader.refused(tooLarge()));
                return false;
            }
            if (!grow(count + more)) {
                end(reader -> reader.refused(Refusal.unavailable(
                        say("the server holds too many large requests at once; try again later"), 2)));
                return false;
            }
            chunk.get(bytes, count, more);
            count += more;
            return true;
        }

        /** As many bytes as were announced are taken when they come, not when they are announced. */
        private synchronized boolean grow(int needed) {
            if (needed <= bytes.length) {
                return true;
            }
            int announced = request.getLength() > 0 ? (int) request.getLength() : mostBytes;
            int size = Math.max(needed, Math.min(announced, Math.max(FIRST, 2 * bytes.length)));
            int more = size - bytes.length;
            if (held.addAndGet(more) > MOST_HELD + mostBytes) {
                held.addAndGet(-more);
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
            return true;
        }

        private synchronized void release() {
            held.addAndGet(-bytes.length);
            bytes = new byte[0];
            timer.cancel();
        }

        private void end(Consumer<Whenever> how) {
            if (ended.compareAndSet(false, true)) {
                timer.cancel();
                how.accept(whenever);
            }
        }
    }
}
