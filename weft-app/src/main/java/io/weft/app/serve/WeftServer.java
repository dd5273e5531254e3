package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.ApiDocument;
import io.weft.app.http.Gate;
import io.weft.app.http.Guard;
import io.weft.app.http.Listener;
import io.weft.app.http.RequestMetrics;
import io.weft.app.http.ServerDefaults;
import io.weft.app.http.ServerLog;
import io.weft.app.http.Visit;
import io.weft.app.http.key.ApiKeys;
import io.weft.app.http.metric.Metrics;
import io.weft.app.http.metric.ProcessFigures;
import io.weft.problem.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/**
 * The HTTP server: routes, their guard, and errors in one shape.
 * <pre>
 * POST /predict               prompt, max_tokens, temperature, raw, echo -> status, response, tokens_generated
 *                             a classifier: prompt -> label, probabilities; a reward model: prompt, response -> score
 * POST /v1/chat/completions, /v1/completions, /v1/embeddings   as OpenAI's
 * POST /v1/tokenize, /v1/detokenize
 * GET  /v1/models, /v1/models/NAME     POST /v1/adapters     DELETE /v1/adapters/NAME
 * GET  /openapi.json, /docs   what all of these take and give
 * GET  /healthz               the process lives         GET /readyz   the model is loaded
 * GET  /metrics               figures for Prometheus
 * GET  /                      the page
 * </pre>
 */
public final class WeftServer implements AutoCloseable {
    private static final Set<String> HEALTH = Set.of("/healthz", "/readyz");
    private static final String METRICS = "/metrics";
    /** Requests that may be handled beside those that wait for an answer: slow readers, pages, lists. */
    private static final int BESIDE = 512;
    private static final Duration SLOWEST_BODY = Duration.ofSeconds(30);
    /** For a client to take the answer that its deadline has passed, however slowly it reads. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);
    private final ServeSettings settings;
    private final Answerer answerer;
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch told = new CountDownLatch(1);
    private final Metrics metrics = new Metrics();
    private final Listener listener;
    private final Gate gate;
    private final Javalin javalin;

    private WeftServer(ServeSettings settings, Answerer answerer) {
        this.settings = settings;
        this.answerer = answerer;
        ApiKeys keys = ApiKeys.of(settings.apiKey(), settings.admission().keys());
        listener = new Listener(settings.host(), settings.port(), settings.admission(), keys);
        gate = new Gate(new Guard(settings.host(), settings.isLoopback(), keys, settings.admission(), new Guard.Paths(
                HEALTH, ChatPage.pathsAnd(settings.admission().openMetrics() ? Set.of(METRICS) : Set.of()),
                path -> path.equals(METRICS) || path.startsWith("/v1/adapters"),
                path -> path.startsWith("/v1/") || path.equals("/predict") || path.equals(METRICS))),
                new Gate.Bounds(settings.maxBodyBytes(), settings.deadline().compareTo(SLOWEST_BODY) < 0
                ? settings.deadline() : SLOWEST_BODY, settings.limits().queue() + settings.limits().together()
                + BESIDE, settings.deadline().plus(LAST_WORDS)));
        javalin = Javalin.create(this::configure);
    }

    /** Starts to listen; the answerer belongs to the server from now on. @throws UserError when the port is taken */
    public static WeftServer start(ServeSettings settings, Answerer answerer) {
        WeftServer server = new WeftServer(settings, answerer);
        ServerDefaults.listen(server.javalin, server.listener);
        ServerLog.SERVER.info("listening at {} for {}", server.address(), answerer.model());
        return server;
    }

    /** The port it listens on. */
    public int port() { return javalin.port(); }

    /** Methods and paths of all that is registered, e.g. "GET /v1/models/<name>". */
    List<String> routes() {
        return javalin.unsafe.internalRouter.allHttpHandlers().stream().map(parsed -> parsed.endpoint)
                .filter(endpoint -> endpoint.method.isHttpMethod())
                .map(endpoint -> endpoint.method.name() + " " + endpoint.path).toList();
    }

    /** What to open in a browser. */
    public String address() { return ServerDefaults.address(listener, port()); }

    /**
     * Waits until {@link #stop} is called, lets answers in flight be finished, then ends the process with exit code 0.
     */
    public void runUntilStopped() throws InterruptedException {
        told.await();
        close();
        // without the tear-down of native libraries, under which a thread that still computes would crash
        Runtime.getRuntime().halt(0);
    }

    /**
     * What a signal asks for: the first, to stop when the answers in flight are finished; the second, to end the
     * process at once, with the exit code of a process that Ctrl-C ended.
     */
    public void stop() {
        if (told.getCount() == 0) {
            ServerLog.SERVER.warn("told to stop again: {} cut off", inFlight());
            Runtime.getRuntime().halt(130);
        }
        told.countDown();
    }

    /** Turns new questions away, lets those in flight be finished within the settings' drain, and stops to listen. */
    @Override public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        ServerLog.SERVER.info("stopping: {} in {} s at most; a second signal ends at once", inFlight(),
                settings.drain().toSeconds());
        answerer.close(settings.drain());
        long patience = System.nanoTime() + 2_000_000_000L; // for the last bytes of answers that are made already
        while (handled.get() > 0 && System.nanoTime() < patience) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (handled.get() > 0) {
            ServerLog.SERVER.warn("{} requests are cut off", handled.get());
        }
        javalin.stop();
        ServerLog.SERVER.info("stopped");
        told.countDown();
    }

    private String inFlight() {
        Answerer.Load load = answerer.load();
        return load.answering() + " answers on their way and " + load.waiting() + " questions that wait ("
                + handled.get() + " requests)";
    }

    private void configure(JavalinConfig config) {
        ServerDefaults.apply(config, listener, gate, new RequestMetrics(metrics));
        addFigures();
        ChatPage.page().addTo(config);
        config.routes.get("/healthz", context -> state(context, 200, "ok"));
        config.routes.get("/readyz", context -> state(context, answerer.state() == Answerer.State.READY ? 200 : 503,
                answerer.state().name().toLowerCase(Locale.ROOT)));
        new ModelRoutes(answerer, settings).addTo(config);
        config.routes.get(METRICS, context -> context.contentType(Metrics.CONTENT_TYPE).result(metrics.text()));
        config.routes.post("/predict", counted(new Predict(answerer, settings)));
        config.routes.post("/v1/chat/completions", counted(new ChatCompletions(answerer, settings)));
        config.routes.post("/v1/completions", counted(new Completions(answerer, settings)));
        config.routes.post("/v1/embeddings", counted(new Embeddings(answerer, settings)));
        config.routes.post("/v1/tokenize", counted(new TokenRoutes(answerer, settings)::tokenize));
        config.routes.post("/v1/detokenize", counted(new TokenRoutes(answerer, settings)::detokenize));
        ApiDocument.addTo(config);
        config.routes.exception(Answerer.Unavailable.class, (e, context) ->
                ServerDefaults.refuse(e.refusal(), context));
        config.routes.exception(ReplyReader.ClientGone.class, (e, context) -> { });
    }

    private void addFigures() {
        load("weft_queue_waiting", "Questions that are taken in and not begun.", Answerer.Load::waiting);
        load("weft_answering", "Answers on their way.", Answerer.Load::answering);
        load("weft_places", "Most answers at once.", Answerer.Load::places);
        load("weft_cache_tokens", "Tokens whose keys and values are held.", Answerer.Load::cached);
        load("weft_cache_room_tokens", "Tokens whose keys and values can be held.", Answerer.Load::room);
        metrics.gauge("weft_queue_room", "Questions that may wait.",
                () -> OptionalDouble.of(settings.limits().queue()));
        metrics.gauge("weft_ready", "1 when the model answers.",
                () -> OptionalDouble.of(answerer.state() == Answerer.State.READY ? 1 : 0));
        metrics.gauge("weft_requests_in_flight", "Requests that have a thread.",
                () -> OptionalDouble.of(gate.handled()));
        metrics.gauge("weft_body_bytes", "Bytes of the bodies of requests in flight.",
                () -> OptionalDouble.of(gate.bodyBytes()));
        ProcessFigures.addTo(metrics);
    }

    private void load(String name, String help, ToDoubleFunction<Answerer.Load> figure) {
        metrics.gauge(name, help, () -> OptionalDouble.of(figure.applyAsDouble(answerer.load())));
    }

    private Handler counted(Handler handler) {
        return context -> {
            handled.incrementAndGet();
            Visit.of(context).model(answerer.model());
            // not when the handler returns: the last bytes are still to be sent then, and stopping to listen cuts them
            // off
            Request.addCompletionListener(ServletContextRequest.getServletContextRequest(context.req()),
                    failure -> handled.decrementAndGet());
            handler.handle(context);
        };
    }

    private static void state(Context context, int status, String word) {
        context.status(status);
        ServerDefaults.json(context, JsonNodeFactory.instance.objectNode().put("status", word));
    }
}
