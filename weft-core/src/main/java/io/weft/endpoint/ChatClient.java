package io.weft.endpoint;

import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import static io.weft.problem.Language.say;

/**
 * Asks a model behind an address. What was answered once is in the log and is not asked again, and of equal requests
 * made at the same time one is sent. Safe for many threads.
 */
public final class ChatClient {
    private final Endpoint endpoint;
    private final AnswerLog log;
    private final Sender sender;
    private final Map<String, CompletableFuture<ChatAnswer>> underWay = new ConcurrentHashMap<>();
    private int asked, found;
    private long promptTokens, completionTokens;

    /** What a job cost. @param asked answers that the service gave  @param found those that were in the log already */
    public record Spent(int asked, int found, long promptTokens, long completionTokens) {}

    private ChatClient(Endpoint endpoint, AnswerLog log, Sender sender) {
        this.endpoint = endpoint;
        this.log = log;
        this.sender = sender;
    }

    /**
     * @param log         of the answers, which stays the caller's to close
     * @param environment the variables of the process, of which those that name a proxy are obeyed
     */
    public static ChatClient of(Endpoint endpoint, AnswerLog log, Map<String, String> environment,
            ChatListener listener) {
        return new ChatClient(endpoint, log, new Sender(endpoint, environment, listener));
    }

    /**
     * The answer, from the log or from the service.
     *
     * @throws EndpointRefusal when there is none
     * @throws UserError       when the thread is told to stop, or the log cannot be written
     */
    public ChatAnswer ask(ChatRequest request) {
        String key = request.key(endpoint);
        CompletableFuture<ChatAnswer> mine = new CompletableFuture<>();
        CompletableFuture<ChatAnswer> other = underWay.putIfAbsent(key, mine);
        if (other != null) {
            return await(other);
        }
        try {
            ChatAnswer answer = log.find(key).map(this::found).orElseGet(() -> sent(key, request));
            mine.complete(answer);
            return answer;
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(key, mine);
        }
    }

    private ChatAnswer sent(String key, ChatRequest request) {
        ChatAnswer answer = sender.send(request);
        log.add(key, answer);
        synchronized (this) {
            asked++;
            promptTokens += answer.promptTokens();
            completionTokens += answer.completionTokens();
        }
        return answer;
    }

    private synchronized ChatAnswer found(ChatAnswer answer) {
        found++;
        return answer;
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw Sender.stopped(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException told ? told : new IllegalStateException(e.getCause());
        }
    }

    /**
     * The answers to many requests, in their order.
     *
     * @param atOnce  how many are under way at the same time, from 1
     * @param leftOut hears of each request that the service does not answer though it would others; its answer is empty
     * @throws EndpointRefusal for any other refusal, as soon as what is under way has been answered and written down
     */
    public List<Optional<ChatAnswer>> askAll(List<ChatRequest> requests, int atOnce,
            Consumer<EndpointRefusal> leftOut) {
        ExecutorService askers = Executors.newFixedThreadPool(Math.max(1, Math.min(atOnce, requests.size())));
        AtomicBoolean broken = new AtomicBoolean();
        try {
            List<Future<Optional<ChatAnswer>>> under = new ArrayList<>();
            requests.forEach(request -> under.add(askers.submit(() -> one(request, broken, leftOut))));
            List<Optional<ChatAnswer>> answers = new ArrayList<>();
            RuntimeException first = null;
            for (Future<Optional<ChatAnswer>> each : under) {
                try {
                    answers.add(await(each));
                } catch (RuntimeException e) {
                    first = first == null ? e : first;
                }
            }
            if (first != null) {
                throw first;
            }
            return answers;
        } finally {
            askers.shutdownNow();
        }
    }

    /** Nothing where another request has shown that there is no use in asking. */
    private Optional<ChatAnswer> one(ChatRequest request, AtomicBoolean broken, Consumer<EndpointRefusal> leftOut) {
        if (broken.get()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ask(request));
        } catch (EndpointRefusal e) {
            if (e.isOfThisRequest()) {
                synchronized (leftOut) {
                    leftOut.accept(e);
                }
                return Optional.empty();
            }
            broken.set(true);
            throw e;
        } catch (RuntimeException e) {
            broken.set(true);
            throw e;
        }
    }

    /** What was asked so far, and what it cost as the service counts. */
    public synchronized Spent spent() { return new Spent(asked, found, promptTokens, completionTokens); }

    public Endpoint endpoint() { return endpoint; }
}
