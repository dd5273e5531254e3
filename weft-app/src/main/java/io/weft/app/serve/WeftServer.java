package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
        try {
            server.javalin.start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            throw UserError.of(say("cannot listen on %s port %d (%s); end what uses it or choose another with --port",
                    settings.host(), settings.port(), e.getCause() == null ? e.getMessage()
                    : e.getCause().getMessage()), e);
        }
        ServerLog.SERVER.info("listening at {} for {}", server.address(), answerer.model());
        return server;
    }

    /** The port it listens on. */
    public int port() { return javalin.port(); }

    /** What to open in a browser. */
    public String address() {
        return "http://" + (settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host()) + ":"
                + port() + "/";
    }

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
        config.startup.showJavalinBanner = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE; // it would hold the pieces of a stream back
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.jetty.modifyServer(server -> {
            server.setErrorHandler(new BareErrors());
            server.setRequestLog(new AccessLog());
        });
        config.router.javaLangErrorHandler((response, error) -> {
            ServerLog.SERVER.error("an answer broke off", error);
            response.setStatus(500);
            response.setContentType("application/json");
            try {
                response.getOutputStream().write(Refusal.internal().json().toString().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                ServerLog.SERVER.error("the client could not be told", e);
            }
        });
        Guard guard = new Guard(settings);
        Page page = new Page();
        config.routes.before(guard::check);
        Page.FILES.keySet().forEach(path -> config.routes.get(path, page::send));
        config.routes.get("/healthz", context -> state(context, 200, "ok"));
        config.routes.get("/readyz", context -> state(context, answerer.state() == Answerer.State.READY ? 200 : 503,
                answerer.state().name().toLowerCase(Locale.ROOT)));
        config.routes.get("/v1/models",
                context -> json(context, JsonNodeFactory.instance.objectNode().put("object", "list")
                .set("data", JsonNodeFactory.instance.arrayNode().add(model()))));
        config.routes.get("/v1/models/<name>", context -> {
            if (!context.pathParam("name").equals(answerer.model())) {
                throw Refusal.request(404, "model_not_found", "model",
                        say("there is no such model here; there is %s", answerer.model()));
            }
            json(context, model());
        });
        config.routes.post("/predict", counted(new Predict(answerer, settings)));
        config.routes.post("/v1/chat/completions", counted(new ChatCompletions(answerer, settings)));
        errors(config);
    }

    private void errors(JavalinConfig config) {
        config.routes.exception(Refusal.class, WeftServer::refuse);
        config.routes.exception(UserError.class, (e, context) ->
                refuse(Refusal.request(null, e.getMessage()), context));
        config.routes.exception(Answerer.Unavailable.class, (e, context) -> refuse(Refusal.unavailable(e), context));
        config.routes.exception(ReplyReader.ClientGone.class, (e, context) -> { });
        config.routes.exception(HttpResponseException.class, (e, context) -> refuse(switch (e.getStatus()) {
            case 404 -> Refusal.request(404, "not_found", null, say("there is nothing at this address"));
            case 405 -> Refusal.request(405, "method_not_allowed", null,
                    say("this address does not take %s", context.method()));
            default -> Refusal.request(e.getStatus(), null, null,
                    say("the request cannot be answered as it is (HTTP status %d)", e.getStatus()));
        }, context));
        config.routes.exception(Exception.class, (e, context) -> {
            ServerLog.SERVER.error("a request failed", e);
            refuse(Refusal.internal(), context);
        });
    }

    private static void refuse(Refusal refusal, Context context) {
        refusal.retrySeconds().ifPresent(seconds -> context.header("Retry-After", String.valueOf(seconds)));
        context.status(refusal.status());
        json(context, refusal.json());
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
                .put("created", started).put("owned_by", "weft");
    }

    private static void state(Context context, int status, String word) {
        context.status(status);
        json(context, JsonNodeFactory.instance.objectNode().put("status", word));
    }

    private static void json(Context context, JsonNode json) {
        context.contentType("application/json").result(json.toString());
    }
}
