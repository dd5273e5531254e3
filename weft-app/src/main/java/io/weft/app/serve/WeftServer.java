package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.http.Guard;
import io.weft.app.http.Refusal;
import io.weft.app.http.ServerDefaults;
import io.weft.app.http.ServerLog;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

import static io.weft.problem.Language.say;

/**
 * The HTTP server: routes, their guard, and errors in one shape.
 * <pre>
 * POST /predict               prompt, max_tokens, temperature, raw, echo -> status, response, tokens_generated
 *                             a classifier: prompt -> label, probabilities; a reward model: prompt, response -> score
 * POST /v1/chat/completions   as OpenAI's, whole or streamed
 * GET  /v1/models, /v1/models/NAME
 * GET  /healthz               the process lives         GET /readyz   the model is loaded
 * GET  /                      the page
 * </pre>
 */
public final class WeftServer implements AutoCloseable {
    private static final Set<String> HEALTH = Set.of("/healthz", "/readyz");
    private final ServeSettings settings;
    private final Answerer answerer;
    private final AtomicInteger handled = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Javalin javalin;
    private final long started = System.currentTimeMillis() / 1000;

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

    private void configure(JavalinConfig config) {
        ServerDefaults.apply(config, new Guard(settings.host(), settings.isLoopback(), settings.apiKey(),
                ChatPage.pathsAnd(HEALTH), path -> path.startsWith("/v1/") || path.equals("/predict")));
        ChatPage.page().addTo(config);
        config.routes.get("/healthz", context -> state(context, 200, "ok"));
        config.routes.get("/readyz", context -> state(context, answerer.state() == Answerer.State.READY ? 200 : 503,
                answerer.state().name().toLowerCase(Locale.ROOT)));
        config.routes.get("/v1/models",
                context -> ServerDefaults.json(context, JsonNodeFactory.instance.objectNode().put("object", "list")
                .set("data", JsonNodeFactory.instance.arrayNode().add(model()))));
        config.routes.get("/v1/models/<name>", context -> {
            if (!context.pathParam("name").equals(answerer.model())) {
                throw Refusal.request(404, "model_not_found", "model",
                        say("there is no such model here; there is %s", answerer.model()));
            }
            ServerDefaults.json(context, model());
        });
        config.routes.post("/predict", counted(new Predict(answerer, settings)));
        config.routes.post("/v1/chat/completions", counted(new ChatCompletions(answerer, settings)));
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

    private ObjectNode model() {
        return JsonNodeFactory.instance.objectNode().put("id", answerer.model()).put("object", "model")
                .put("created", started).put("owned_by", "weft")
                .put("task", !answerer.readout().isOfRows() ? "generate"
                : answerer.readout() == Readout.SCORE ? "score" : "classify");
    }

    private static void state(Context context, int status, String word) {
        context.status(status);
        ServerDefaults.json(context, JsonNodeFactory.instance.objectNode().put("status", word));
    }
}
