package io.weft.app.serve;

import io.javalin.http.Context;
import io.weft.app.http.ClientConnection;
import io.weft.app.http.Refusal;
import io.weft.app.http.ServerLog;
import io.weft.app.http.Visit;
import io.weft.generate.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for a reply on behalf of a client, as long as the client does. Belongs to the thread that handles the request.
 */
final class ReplyReader {
    private static final Duration LOOK = Duration.ofMillis(50), WAITING_AGAIN = Duration.ofSeconds(5);
    private final Visit visit;
    private final ClientConnection client;
    private final Duration deadline;
    private final long start = System.nanoTime();

    /** @param context of a request whose body has been read */
    ReplyReader(Context context, Duration deadline) {
        visit = Visit.of(context);
        client = new ClientConnection(context);
        this.deadline = deadline;
    }

    /** What becomes of the parts of an answer as they come. */
    interface Sink {
        void text(Reply.Part.Text text) throws IOException;

        /**
         * Nothing came yet, which is told soon after the beginning and then every few seconds.
         *
         * @param ahead questions that are to be taken before this one
         */
        default void waiting(int ahead) throws IOException {}

        /** Of a model that reads rows, in place of a text. */
        default void verdict(Verdict verdict) {
            throw new IllegalStateException("a verdict where a text was asked for");
        }
    }

    /** The client has left: there is nobody to tell anything. */
    static final class ClientGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        ClientGone() { super("the client has left", null, false, false); }
    }

    /**
     * Passes the texts on until the end.
     * @throws ClientGone when the client has left
     * @throws Refusal when the deadline has passed or the answer failed. In each case the reply is cancelled
     */
    Reply.Part.Done read(Reply reply, Sink sink) {
        long told = start - WAITING_AGAIN.toNanos();
        boolean begun = false;
        try {
            while (true) {
                if (client.isGone()) {
                    throw gone();
                }
                if (System.nanoTime() - start > deadline.toNanos()) {
                    throw Refusal.deadline(deadline.toSeconds());
                }
                Optional<Reply.Part> part = reply.next(LOOK);
                if (part.isEmpty()) {
                    if (!begun && System.nanoTime() - told >= WAITING_AGAIN.toNanos()) {
                        sink.waiting(reply.ahead());
                        told = System.nanoTime();
                    }
                    continue;
                }
                begun = true;
                if (part.get() instanceof Reply.Part.Done done) {
                    visit.tokens(done.promptTokens(), done.cachedTokens(), done.generatedTokens());
                    return done;
                }
                if (part.get() instanceof Reply.Part.Failed failed) {
                    throw refusal(failed.cause());
                }
                visit.part();
                if (part.get() instanceof Reply.Part.Read read) {
                    sink.verdict(read.verdict());
                } else {
                    sink.text((Reply.Part.Text) part.get());
                }
            }
        } catch (IOException e) { // nothing but writing to the client throws it here
            throw gone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Answerer.Unavailable("the server is stopping", false, 10).refusal();
        } finally {
            reply.cancel();
        }
    }

    private ClientGone gone() {
        visit.leave();
        return new ClientGone();
    }

    private static Refusal refusal(Throwable cause) {
        if (cause instanceof Answerer.Unavailable unavailable) {
            return unavailable.refusal();
        }
        ServerLog.SERVER.error("an answer failed", cause);   // either a bug or a damaged model
        return Refusal.internal();
    }
}
