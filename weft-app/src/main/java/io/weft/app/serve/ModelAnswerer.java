package io.weft.app.serve;

import io.weft.app.http.FairQueue;
import io.weft.app.http.Refusal;
import io.weft.app.http.ServerLog;
import io.weft.data.Message;
import io.weft.generate.ContinuousBatch;
import io.weft.generate.Prompt;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.token.Tokenizer;
import io.weft.token.tool.CallFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * One thread that owns a model, behind one bounded queue: it loads the model, then answers what waits, token by token
 * and all together; a question joins as soon as there is a place. A reply that nobody wants any more gives up its place
 * in the queue at once, or among the answers before the next token.
 */
public final class ModelAnswerer implements Answerer {
    /** Share of the machine's memory that keys and values may take: the rest is for weights and others. */
    private static final double CACHE_SHARE = 1.0 / 8;
    /** Characters of a text, for each token that the model can take, beyond which its beginning is looked at first. */
    private static final int LONG_TEXT = 8;
    private static final Duration IDLE_LOOK = Duration.ofMillis(100);
    /**
     * For the pass that goes on while the others are cut off, or the rest of loading; a daemon thread does not hold the
     * process up any longer.
     */
    private static final Duration LAST_PASS = Duration.ofSeconds(10);
    private final String name;
    private final int queue, together;
    private final FairQueue<AnswerJob> waiting;
    private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>(); // of the model's thread, between passes
    private final OneThread encoding = new OneThread("weft-prompts"), looking = new OneThread("weft-long-prompts");
    private final AtomicInteger preparing = new AtomicInteger(), embedding = new AtomicInteger();
    private final CompletableFuture<ServedModels> loaded = new CompletableFuture<>();
    private final Thread thread;
    private volatile State state = State.LOADING;
    private volatile boolean cutOff, ended;
    private volatile double secondsAnAnswer = 1;
    private volatile Load load;
    private volatile ContinuousBatch.Room room;

    private ModelAnswerer(String name, int queue, int together, Supplier<ServedModel> loader) {
        this.name = name;
        this.queue = queue;
        this.together = together;
        load = new Load(0, 0, together, 0, 0);
        waiting = new FairQueue<>(queue, job -> job.question().key());
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

    @Override public List<String> models() { return state == State.READY ? loaded.join().names() : List.of(name); }

    @Override public State state() { return state; }

    @Override public Load load() { return load; }

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

    private ServedModels ready() {
        switch (state) {
            case LOADING -> throw new Unavailable(say("the model is being loaded"), false, 2);
            case STOPPING -> throw stopping();
            case FAILED -> throw new Unavailable(say("the model could not be loaded"), false, 60);
            case READY -> { }
        }
        return loaded.join();
    }

    // ---- questions ----

    @Override public Reply ask(Question question) {
        ServedModels models = ready();
        if (!waiting.hasPlaceFor(question.key())) {
            throw full(); // before anything is computed for it
        }
        ServedModels.Entry model = models.enter(question.model());
        AnswerJob job;
        try {
            requireKind(question.asked(), model.model.readout());
            job = new AnswerJob(question, model, prepared(model.model, question.asked()), () -> cutOff,
                    ModelAnswerer::stopping, this::cancelled,
                    seconds -> secondsAnAnswer = 0.8 * secondsAnAnswer + 0.2 * seconds);
            require(model.model, job);
        } catch (RuntimeException e) {
            model.leave();
            throw e;
        }
        job.reply().waits(waiting.size());
        if (!waiting.offer(job)) {
            model.leave();
            throw full();
        }
        if (ended && waiting.remove(job)) { // since the look at its state
            model.leave();
            throw stopping();
        }
        return job.reply();
    }

    private void cancelled(AnswerJob job) {
        if (waiting.remove(job)) {
            job.model().leave();
        }
    }

    private Unavailable full() {
        double seconds = secondsAnAnswer * Math.ceil((double) waiting.size() / together);
        return new Unavailable(say("too many requests are waiting (%d); try again later", waiting.size()), true,
                (int) Math.max(1, Math.min(60, Math.ceil(seconds))));
    }

    private void require(ServedModel model, AnswerJob job) {
        if (model.reader() != null) {
            model.reader().require(job.ids(), model.contextLength());
        } else {
            job.asks(model.generator().request(Prompt.of(job.ids(), job.question().sampling()),
                    job.question().options(), job));
            room.require(job.request());
        }
    }

    /** The model's ids, for one question at a time; as many wait for it as may wait for an answer. */
    private int[] prepared(ServedModel model, Question.Asked asked) {
        if (preparing.incrementAndGet() > queue) {
            preparing.decrementAndGet();
            throw full();
        }
        try {
            requireShort(model, asked);
            return encoding.call(() -> model.prompts().ids(asked));
        } finally {
            preparing.decrementAndGet();
        }
    }

    /** Refuses what is far too long by its beginning: reading all of it would take time and memory for nothing. */
    private void requireShort(ServedModel model, Question.Asked asked) {
        String text = asked instanceof Question.Asked.Raw raw ? raw.text()
                : asked instanceof Question.Asked.Read read ? read.text()
                : asked instanceof Question.Asked.Chat chat ? chat.messages().stream().map(Message::content)
                .collect(Collectors.joining("\n")) : "";
        int most = LONG_TEXT * model.contextLength();
        if (most <= 0 || text.length() <= most) {
            return;
        }
        // beside the others: what is refused keeps nobody waiting
        int tokens = looking.call(() -> model.tokenizer().encodePlain(text.substring(0, most)).length);
        if (tokens > model.contextLength()) {
            throw UserError.of(say("the prompt has more than %,d tokens, the model's context; shorten it, so that "
                    + "there is room for an answer", model.contextLength()));
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

    @Override public int[] ids(Question.Asked asked) { return prepared(ready().first().model, asked); }

    @Override public int count(Question.Asked asked) { return ids(asked).length; }

    @Override public String text(int[] ids) {
        Tokenizer tokenizer = ready().first().model.tokenizer();
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.size()) {
                throw UserError.of(say("there is no token with the id %d; there are ids from 0 to %d", id,
                        tokenizer.size() - 1));
            }
        }
        return tokenizer.decode(ids, false);
    }

    @Override public Optional<CallFormat> calls() {
        return state == State.READY ? loaded.join().first().model.prompts().calls() : Optional.empty();
    }

    @Override public Readout readout() {
        return state == State.READY ? loaded.join().first().model.readout() : Readout.TOKENS;
    }

    // ---- vectors ----

    @Override public CompletableFuture<Vectors> embed(String called, List<String> texts, boolean mean) {
        ServedModels.Entry model = ready().enter(Optional.of(called));
        List<CompletableFuture<float[]>> each = new ArrayList<>();
        int tokens = 0;
        try {
            if (model.model.generator() == null) {
                throw UserError.of(say("this model reads rows and gives no vectors"));
            }
            if (embedding.get() + texts.size() > Math.max(queue, texts.size())) {
                throw full();
            }
            List<int[]> ids = new ArrayList<>();
            for (String text : texts) {
                ids.add(prepared(model.model, new Question.Asked.Raw(text)));
                model.model.generator().requireVector(ids.get(ids.size() - 1));
                tokens += ids.get(ids.size() - 1).length;
            }
            embedding.addAndGet(texts.size());
            ids.forEach(one -> each.add(errand(() -> {
                embedding.decrementAndGet();
                return model.model.generator().vector(one, mean);
            })));
        } catch (RuntimeException e) {
            model.leave();
            throw e;
        }
        int all = tokens;
        CompletableFuture<Vectors> whole = CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(done -> new Vectors(each.stream().map(CompletableFuture::join).toList(), all));
        whole.whenComplete((vectors, failure) -> model.leave());
        return whole;
    }

    // ---- adapters ----

    /** Waits for the adapter to be open. */
    @Override public void open(String called, Path adapter) {
        ServedModels models = ready();
        await(errand(() -> {
            models.open(called, adapter);
            return null;
        }));
    }

    @Override public void release(String called) { ready().release(called); }

    /** Something that the model's thread is to do between two passes. */
    private <T> CompletableFuture<T> errand(Supplier<T> body) {
        CompletableFuture<T> done = new CompletableFuture<>();
        errands.add(() -> {
            try {
                done.complete(body.get());
            } catch (Throwable e) { // whoever asked for it is told
                done.completeExceptionally(e);
            }
        });
        if (ended) {
            done.completeExceptionally(stopping());
        }
        return done;
    }

    private static void await(CompletableFuture<?> done) {
        try {
            done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    // ---- the model's thread ----

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
        ServedModels models;
        try {
            ServedModel model = loader.get();
            models = new ServedModels(name, model);
            room = room(model);
        } catch (Throwable e) {
            state = State.FAILED;
            ServerLog.SERVER.error("the model cannot be loaded", e);
            loaded.completeExceptionally(e);
            return;
        }
        if (state == State.LOADING) {
            state = State.READY; // first: whoever waits for the model may ask it at once
        }
        loaded.complete(models);
        ContinuousBatch batch = room == null ? null : models.first().model.generator().batch(room);
        try {
            while (state != State.STOPPING || waiting.size() > 0 || batch != null && !batch.isEmpty()) {
                runErrands();
                free(models, batch);
                if (batch == null) {
                    read();
                } else {
                    answer(batch);
                }
            }
        } catch (InterruptedException e) {
            state = State.STOPPING; // nobody else has this thread, so it is a request to end
        } finally {
            ended = true; // before the last look at the queue: a question that comes later is turned away by its asker
            for (Optional<AnswerJob> job = waiting.poll(); job.isPresent(); job = waiting.poll()) {
                job.get().failed(stopping());
            }
            runErrands();
            encoding.close();
            looking.close();
            models.close();
        }
    }

    /** As many tokens as may be of use, and as there is memory for. */
    private ContinuousBatch.Room room(ServedModel model) {
        if (model.generator() == null) {
            return null;
        }
        long context = Math.max(1, model.contextLength());
        long tokens = Math.min(together * context,
                (long) (CACHE_SHARE * Engine.memory() / model.generator().cacheBytes()));
        return new ContinuousBatch.Room(together, KeyValueCache.pagesFor((int) Math.min(Integer.MAX_VALUE / 2,
                Math.max(KeyValueCache.PAGE, tokens))), true, true);
    }

    private void runErrands() {
        for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
            errand.run(); // in the scope of the model: an adapter stays
        }
    }

    private static void free(ServedModels models, ContinuousBatch batch) {
        for (ServedModels.Entry gone : models.free()) {
            batch.forget(gone.adapter());
        }
    }

    private static Unavailable stopping() { return new Unavailable(say("the server is stopping"), false, 10); }

    /** Rows are read one by one. */
    private void read() throws InterruptedException {
        AnswerJob job = waiting.poll(IDLE_LOOK).orElse(null);
        if (job == null) {
            return;
        }
        try {
            if (job.isWanted()) {
                job.begun(0);
                job.read(job.model().model.reader().read(job.ids()));
            } else {
                job.failed(stopping());
            }
        } catch (RuntimeException | Error e) { // whatever it is, the next question finds a thread that answers
            job.failed(e instanceof RuntimeException cause ? cause : new IllegalStateException(e));
        }
        tell(0, 0);
    }

    /** Lets those in for whom there is a place, and makes the next token of all. */
    private void answer(ContinuousBatch batch) throws InterruptedException {
        boolean changed = false;
        while (batch.hasPlace()) {
            Optional<AnswerJob> job = batch.isEmpty() && !changed ? waiting.poll(IDLE_LOOK) : waiting.poll();
            if (job.isEmpty()) {
                break;
            }
            changed = true;
            batch.add(job.get().request());
        }
        if (changed) {
            tell(batch.answering(), batch.heldTokens());
            int ahead = 0;
            for (AnswerJob job : waiting.inTurn()) {
                job.reply().waits(++ahead);
            }
        }
        if (!batch.isEmpty()) {
            try {
                batch.step();
            } catch (RuntimeException | Error e) { // whatever it is, the next question finds a thread that answers
                batch.failAll(e instanceof RuntimeException cause ? cause : new IllegalStateException(e));
            }
        }
        tell(batch.answering(), batch.heldTokens());
    }

    private void tell(int answering, long held) {
        load = new Load(waiting.size(), answering, together, held, room == null ? 0 : room.tokens());
    }
}
