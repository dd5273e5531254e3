package io.weft.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import static io.weft.problem.Language.say;

/** What every server of Weft does alike: who may come in, one line a request in the log, errors of one shape. */
public final class ServerDefaults {
    /** For the network alone: what waits has a thread of its own, see {@link Gate}. */
    private static final int MOST_THREADS = 32, LEAST_THREADS = 4;

    private ServerDefaults() {}

    /** @param metrics told of every request that has ended */
    public static void apply(JavalinConfig config, Listener listener, Gate gate, Consumer<EndedRequest> metrics) {
        config.startup.showJavalinBanner = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE; // it would hold the pieces of a stream back
        config.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.jetty.addConnector(listener::connector);
        config.jetty.modifyServer(server -> {
            server.setErrorHandler(new BareErrors());
            server.setRequestLog(new AccessLog(metrics));
            server.setHandler(gate);
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
        config.routes.after(context -> Optional.ofNullable(context.endpoints().lastHttpEndpoint())
                .ifPresent(endpoint -> Visit.of(context).route(endpoint.path)));
        config.routes.exception(Refusal.class, ServerDefaults::refuse);
        config.routes.exception(UserError.class, (e, context) ->
                refuse(Refusal.request(null, e.getMessage()), context));
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

    /** @throws UserError when the port is taken */
    public static void listen(Javalin javalin, Listener listener) {
        try {
            javalin.start();
        } catch (JavalinBindException e) {
            throw UserError.of(say("cannot listen on %s port %d (%s); end what uses it or choose another with --port",
                    listener.host(), listener.port(), e.getCause() == null ? e.getMessage()
                    : e.getCause().getMessage()), e);
        }
    }

    /** What to open in a browser. */
    public static String address(Listener listener, int port) {
        return listener.scheme() + "://" + (listener.host().contains(":") ? "[" + listener.host() + "]"
                : listener.host()) + ":" + port + "/";
    }

    public static void refuse(Refusal refusal, Context context) {
        refusal.retrySeconds().ifPresent(seconds -> context.header("Retry-After", String.valueOf(seconds)));
        context.status(refusal.status());
        json(context, refusal.json());
    }

    public static void json(Context context, JsonNode json) {
        context.contentType("application/json").result(json.toString());
    }
}
