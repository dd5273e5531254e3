package io.weft.app.serve;

import io.weft.generate.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An answer on its way from the thread that makes it to the one that sends it. As long as its maker gives it, so it
 * needs no bound of its own.
 */
public final class Reply {
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Runnable whenCancelled;
    private volatile boolean wanted = true;

    /** @param whenCancelled called once, by the thread that cancels */
    public Reply(Runnable whenCancelled) { this.whenCancelled = whenCancelled; }

    /** What comes through. The last one is a {@link Done} or a {@link Failed}. */
    public sealed interface Part {
        /** More of the answer: of what the model thinks first, and of its words; either may be "". */
        record Text(String reasoning, String words) implements Part {}

        /** What a model says of a row that it read whole. */
        record Read(Verdict verdict) implements Part {}

        /** @param generatedTokens the end token among them  @param finish "stop" or "length" */
        record Done(int promptTokens, int generatedTokens, String finish) implements Part {}

        record Failed(Throwable cause) implements Part {}
    }

    /** For the maker. */
    public void give(Part part) { parts.add(part); }

    /** For the maker: false when nobody waits for the answer any more. */
    public boolean isWanted() { return wanted; }

    /** The next part, or nothing when none came in that time. */
    public Optional<Part> next(Duration patience) throws InterruptedException {
        return Optional.ofNullable(parts.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Nobody waits for the rest. */
    public synchronized void cancel() {
        if (wanted) {
            wanted = false;
            whenCancelled.run();
        }
    }
}
