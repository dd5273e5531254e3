package io.weft.app.serve;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;

/**
 * Work that one thread does, one after another, while whoever wants it waits. glibc keeps what native code took in an
 * arena of each thread that it ran on: sixty long texts tokenised by sixty threads leave 64 MB with each.
 */
final class OneThread implements AutoCloseable {
    private final ExecutorService thread;

    OneThread(String name) {
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** What the work gives, or throws. @throws Answerer.Unavailable when the thread has ended */
    <T> T call(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, thread).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } catch (RejectedExecutionException e) {
            throw new Answerer.Unavailable(say("the server is stopping"), false, 10);
        }
    }

    /** Ends behind the work that waits. */
    @Override public void close() { thread.shutdown(); }
}
