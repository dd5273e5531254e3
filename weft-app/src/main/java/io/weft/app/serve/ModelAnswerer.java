package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.app.http.ServerLog;
import io.weft.generate.Answer;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Penalties;
import io.weft.generate.Prompt;
import io.weft.generate.RowReader;
import io.weft.generate.TokenListener;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import io.weft.tensor.Scope;
import io.weft.token.answer.AnswerStream;
import io.weft.token.tool.CallFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;

/**
 * One thread that owns a model, behind one bounded queue: it loads the model, then answers what waits, several
 * questions together. A reply that nobody wants any more gives up its place in the queue at once, or in the batch
 * before the next token.
 */
public final class ModelAnswerer implements Answerer {
    /** Tokens that the cache of one batch may hold. */
    private static final long CACHE_TOKENS = 16_384;
    private static final Duration IDLE_LOOK = Duration.ofMillis(100);
    /**
     * For the pass that goes on while the others are cut off, or the rest of loading; a daemon thread does not hold the
     * process up any longer.
     */
    private static final Duration LAST_PASS = Duration.ofSeconds(10);
    private final String name;
    private final int together;
    private final BlockingQueue<Job> waiting;
    private final CompletableFuture<ServedModel> loaded = new CompletableFuture<>();
    private final Thread thread;
    private volatile State state = State.LOADING;
    private volatile boolean cutOff, ended;
    private volatile double secondsABatch = 1;

    private ModelAnswerer(String name, int queue, int together, Supplier<ServedModel> loader) {
        this.name = name;
        this.together = together;
        waiting = new LinkedBlockingQueue<>(queue);
        thread = new Thread(() -> Scope.run(() -> live(loader)), "weft-model");
        thread.setDaemon(true);
    }

    /**
     * Starts the thread, which loads the model.
     * @param name of the model
     * @param queue questions that may wait, 1 or more
     * @param together questions answered at once, 1 or more
     * @param loader called on the model's thread
     */
    public static ModelAnswerer start(String name, int queue, int together, Supplier<ServedModel> loader) {
        if (queue < 1 || queue > 10_000 || together < 1 || together > 256) {
            throw UserError.of(say("queue is %d and together is %d; expected 1 to 10000 and 1 to 256", queue,
                    together));
        }
        ModelAnswerer answerer = new ModelAnswerer(name, queue, together, loader);
        answerer.thread.start();
        return answerer;
    }

    @Override public String model() { return name; }

    @Override public State state() { return state; }

    /** Questions in the queue, those being answered not among them. */
    int waiting() { return waiting.size(); }

    /** Waits until the model is loaded. @throws UserError when it cannot be */
    public void awaitReady() throws InterruptedException {
        try {
            loaded.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    @Override public Reply ask(Question question) {
        ServedModel model = loaded();
        requireKind(question.asked(), model.readout());
        requirePlain(question.options());
        int[] ids;
        synchronized (model.prompts()) {
            ids = model.prompts().ids(question.asked());
        }
        Prompt prompt = Prompt.of(ids, question.sampling());
        model.require(prompt);
        Job job = new Job(prompt, model.prompts().answerStream(question.asked(), model.tokenizer()),
                new StopTexts(question.stops()));
        if (!waiting.offer(job)) {
            int seconds = (int) Math.ceil(secondsABatch * Math.ceil((double) waiting.size() / together));
            throw new Unavailable(say("too many requests are waiting (%d); try again later", waiting.size()), true,
                    Math.max(1, Math.min(60, seconds)));
        }
        if (ended) { // since the look at its state
            job.reply.cancel();
            throw stopping();
        }
        return job.reply;
    }

    /** What this answerer does not do is refused by the name that clients have for it. */
    private static void requirePlain(GenerationOptions options) {
        String name = options.choices() > 1 ? "n" : options.logprobs().isPresent() ? "logprobs"
                : !options.penalties().equals(Penalties.NONE) ? "frequency_penalty, presence_penalty, logit_bias"
                : options.form().isPresent() ? "response_format, tool_choice" : "";
        if (!name.isEmpty()) {
            throw Refusal.request(400, "unsupported_parameter", name,
                    say("'%s' is not supported by this server; leave it out", name));
        }
    }

    /** A model that reads rows writes nothing, and one that writes has no verdict. */
    private static void requireKind(Question.Asked asked, Readout readout) {
        if (readout.isOfRows() && !(asked instanceof Question.Asked.Read)) {
            throw Refusal.request(400, "not_a_chat_model", "model", readout == Readout.SCORE
                    ? say("this model gives an answer a score and writes none itself; send POST /predict {\"prompt\": "
                    + "..., \"response\": ...}")
                    : say("this model tells which label a text has and writes nothing itself; send POST /predict "
                    + "{\"prompt\": ...}"));
        }
    }

    @Override public int[] ids(Question.Asked asked) {
        ServedModel model = loaded();
        synchronized (model.prompts()) {
            return model.prompts().ids(asked);
        }
    }

    @Override public int count(Question.Asked asked) { return ids(asked).length; }

    @Override public String text(int[] ids) {
        ServedModel model = loaded();
        for (int id : ids) {
            if (id < 0 || id >= model.tokenizer().size()) {
                throw UserError.of(say("there is no token with the id %d; there are ids from 0 to %d", id,
                        model.tokenizer().size() - 1));
            }
        }
        return model.tokenizer().decode(ids, false);
    }

    @Override public Optional<CallFormat> calls() {
        return state == State.READY ? loaded.join().prompts().calls() : Optional.empty();
    }

    private ServedModel loaded() {
        switch (state) {
            case LOADING -> throw new Unavailable(say("the model is being loaded"), false, 2);
            case STOPPING -> throw stopping();
            case FAILED -> throw new Unavailable(say("the model could not be loaded"), false, 60);
            case READY -> { }
        }
        return loaded.join();
    }

    @Override public Readout readout() { return state == State.READY ? loaded.join().readout() : Readout.TOKENS; }

    @Override public void close(Duration drain) {
        state = State.STOPPING;
        try {
            thread.join(Math.max(1, drain.toMillis()));
            cutOff = true;
            thread.join(LAST_PASS.toMillis());
        } catch (InterruptedException e) {
            cutOff = true;
            Thread.currentThread().interrupt();
        }
    }

    private void live(Supplier<ServedModel> loader) {
        ServedModel model;
        try {
            model = loader.get();
        } catch (Throwable e) {
            state = State.FAILED;
            ServerLog.SERVER.error("the model cannot be loaded", e);
            loaded.completeExceptionally(e);
            return;
        }
        loaded.complete(model);
        if (state == State.LOADING) {
            state = State.READY;
        }
        try (var tokenizer = model.tokenizer()) {
            while (state != State.STOPPING || !waiting.isEmpty()) {
                List<Job> jobs = next(model);
                if (!jobs.isEmpty()) {
                    long start = System.nanoTime();
                    answer(model, jobs);
                    secondsABatch = 0.7 * secondsABatch + 0.3 * (System.nanoTime() - start) / 1e9;
                }
            }
        } catch (InterruptedException e) {
            state = State.STOPPING; // nobody else has this thread, so it is a request to end
        } finally {
            ended = true; // before the last look at the queue: a question that comes later is turned away by its asker
            for (Job job = waiting.poll(); job != null; job = waiting.poll()) {
                job.reply.give(new Reply.Part.Failed(stopping()));
            }
        }
    }

    private static Unavailable stopping() { return new Unavailable(say("the server is stopping"), false, 10); }

    /** The next jobs, as many as fit into the cache together; none when nobody asks for a while. */
    private List<Job> next(ServedModel model) throws InterruptedException {
        List<Job> jobs = new ArrayList<>();
        Job first = waiting.poll(IDLE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
        long longest = 0;
        for (Job job = first; job != null; job = waiting.poll()) {
            jobs.add(job);
            longest = Math.max(longest, job.tokens(model.contextLength()));
            Job after = waiting.peek();
            if (after == null || jobs.size() == together
                    || Math.max(longest, after.tokens(model.contextLength()))
                    * (jobs.size() + 1) > CACHE_TOKENS) {
                break;
            }
        }
        return jobs;
    }

    private void answer(ServedModel model, List<Job> jobs) {
        try {
            if (model.reader() != null) {
                jobs.forEach(job -> job.read(model.reader()));
                return;
            }
            model.generator().generate(jobs.stream().map(job -> job.prompt).toList(), new TokenListener() {
                @Override public void token(int row, int id) { jobs.get(row).token(id); }

                @Override public boolean wanted(int row) { return jobs.get(row).isWanted(); }

                @Override public void ended(int row, Answer answer) { jobs.get(row).ended(answer); }
            });
        } catch (Throwable e) { // whatever it is, the next question finds a thread that answers
            jobs.forEach(job -> job.reply.give(new Reply.Part.Failed(e)));
        }
    }

    /** A question that waits or is being answered. */
    private final class Job {
        private final Prompt prompt;
        private final AnswerStream text;
        private final StopTexts stops;
        private final Reply reply = new Reply(() -> waiting.remove(this));

        Job(Prompt prompt, AnswerStream text, StopTexts stops) {
            this.prompt = prompt;
            this.text = text;
            this.stops = stops;
        }

        void read(RowReader reader) {
            if (isWanted()) {
                reply.give(new Reply.Part.Read(reader.read(prompt.ids())));
                reply.give(new Reply.Part.Done(prompt.ids().length, 0, Answer.Finish.STOP.word()));
            } else {
                reply.give(new Reply.Part.Failed(stopping()));
            }
        }

        long tokens(int contextLength) {
            return Math.min(contextLength, prompt.ids().length + (long) prompt.sampling().maxNewTokens());
        }

        boolean isWanted() { return reply.isWanted() && !stops.met() && !cutOff; }

        void token(int id) { show(text.push(id)); }

        void ended(Answer answer) {
            boolean cut = answer.finish() == Answer.Finish.CANCELLED && !stops.met();
            if (cut) {
                reply.give(new Reply.Part.Failed(stopping()));
                return;
            }
            show(text.finish());
            give("", stops.finish());
            reply.give(new Reply.Part.Done(prompt.ids().length, answer.generated(), stops.met()
                    ? Answer.Finish.STOP.word() : answer.finish().word()));
        }

        /** A client's stop texts are about the words: what was thought before them may hold anything. */
        private void show(AnswerStream.Piece piece) {
            give(stops.met() ? "" : piece.reasoning(), stops.push(piece.words()));
        }

        private void give(String reasoning, String words) {
            if (!reasoning.isEmpty() || !words.isEmpty()) {
                reply.give(new Reply.Part.Text(reasoning, words));
            }
        }
    }
}
