package io.weft.app.serve;

import io.weft.generate.TokenLogprob;
import io.weft.generate.Verdict;
import java.time.Duration;
import java.util.List;
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
    private volatile int ahead;

    /** @param whenCancelled called once, by the thread that cancels */
    public Reply(Runnable whenCancelled) { this.whenCancelled = whenCancelled; }

    /** What comes through. The last one is a {@link Done} or a {@link Failed}. */
    public sealed interface Part {
        /**
         * More of an answer: of what the model thinks first, and of its words; either may be "".
         *
         * @param choice   which answer, from 0
         * @param logprobs of the tokens since the last part of this answer, where they are asked for
         */
        record Text(int choice, String reasoning, String words, List<TokenLogprob> logprobs) implements Part {
            /** Of the only answer. */
            Text(String reasoning, String words) { this(0, reasoning, words, List.of()); }
        }

        /** What a model says of a row that it read whole. */
        record Read(Verdict verdict) implements Part {}

        /**
         * @param cachedTokens    of the prompt, whose keys and values were there already
         * @param generatedTokens of all choices, the end tokens among them
         * @param finishes        of each choice, "stop" or "length"
         */
        record Done(int promptTokens, int cachedTokens, int generatedTokens, List<String> finishes) implements Part {
            public Done { finishes = List.copyOf(finishes); }

            /** Of the only answer, nothing of whose prompt was there already. */
            Done(int promptTokens, int generatedTokens, String finish) {
                this(promptTokens, 0, generatedTokens, List.of(finish));
            }

            /** Of the first choice. */
            String finish() { return finishes.get(0); }
        }

        record Failed(Throwable cause) implements Part {}
    }

    /** For the maker. */
    public void give(Part part) { parts.add(part); }

    /** For the maker: false when nobody waits for the answer any more. */
    public boolean isWanted() { return wanted; }

    /** For the maker: how many questions are to be taken before this one. */
    public void waits(int questionsAhead) { ahead = questionsAhead; }

    /** How many questions were to be taken before this one, when that was last told; 0 once it is being answered. */
    public int ahead() { return ahead; }

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
