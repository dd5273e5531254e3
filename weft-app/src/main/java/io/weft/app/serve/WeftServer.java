package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.ApiDocument;
import io.weft.app.http.Guard;
import io.weft.app.http.Page;
import io.weft.app.http.ServerDefaults;
import io.weft.app.http.ServerLog;
import io.weft.problem.UserError;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
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
 * GET  /                      the page
 * </pre>
 */
public final class WeftServer implements AutoCloseable {
    private static final Map<String, String> PAGE = Map.of("/", "page.html", "/page.js", "page.js", "/page.css",
            "page.css", "/icon.svg", "icon.svg");
    private final ServeSettings settings;
    private final Answerer answerer;
    private final AtomicInteger handled = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Javalin javalin;

    private WeftServer(ServeSettings settings, Answerer answerer) {
        this.settings = settings;
        this.answerer = answerer;
        javalin = Javalin.create(this::configure);
    }

    /** Starts to listen; the answerer belongs to the server from now on. @throws UserError when the port is taken */
    public static WeftServer start(ServeSettings settings, Answerer answerer) {
        WeftServer server = new WeftServer(settings, answerer);
        ServerDefaults.listen(server.javalin, settings.host(), settings.port());
        ServerLog.SERVER.info("listening at {} for {}", server.address(), answerer.model());
        return server;
    }

    /** The port it listens on. */
    public int port() { return javalin.port(); }

    /** What to open in a browser. */
    public String address() { return ServerDefaults.address(settings.host(), port()); }

    /**
     * Waits for the process to be told to end (Ctrl-C, SIGTERM), lets answers in flight be finished, then ends the
     * process with exit code 0.
     */
    public void runUntilStopped() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            close();
            // without the tear-down of native libraries, under which a thread that still computes would crash
            Runtime.getRuntime().halt(0);
        }, "weft-stop"));
        closed.await();
    }

    /** Turns new questions away, lets those in flight be finished within the settings' drain, and stops to listen. */
    @Override public void close() {
        if (closed.getCount() > 0) {
            ServerLog.SERVER.info("stopping; answers in flight have {} s", settings.drain().toSeconds());
        }
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
        javalin.stop();
        closed.countDown();
    }

    /** Method and path of all that is served, as an OpenAPI document spells them. */
    Set<String> routes() {
        return javalin.unsafe.internalRouter.allHttpHandlers().stream().map(each -> each.endpoint)
                .filter(each -> each.method.isHttpMethod())
                .map(each -> each.method.name() + " " + each.path.replace('<', '{').replace('>', '}'))
                .collect(Collectors.toSet());
    }

    private void configure(JavalinConfig config) {
        ServerDefaults.apply(config, new Guard(settings.host(), settings.isLoopback(), settings.apiKey(),
                Set.of("/healthz", "/readyz"), path -> path.startsWith("/v1/") || path.equals("/predict")));
        new Page(WeftServer.class, PAGE).addTo(config);
        config.routes.get("/healthz", context -> state(context, 200, "ok"));
        config.routes.get("/readyz", context -> state(context, answerer.state() == Answerer.State.READY ? 200 : 503,
                answerer.state().name().toLowerCase(Locale.ROOT)));
        new ModelRoutes(answerer, settings).addTo(config);
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

    private Handler counted(Handler handler) {
        return context -> {
            handled.incrementAndGet();
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
