package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.weft.app.api.ModelChoice;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.app.http.ServerDefaults;
import io.weft.app.http.ServerLog;
import io.weft.nn.Readout;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * What can be asked: {@code GET /v1/models}, {@code GET /v1/models/NAME}; and, where the settings allow it,
 * {@code POST /v1/adapters} {name, path}, which opens an adapter beside the model, and {@code DELETE
 * /v1/adapters/NAME}, which lets it go.
 */
final class ModelRoutes {
    static final Set<String> ADAPTER_NAMES = Set.of("name", "path");
    private static final String NAME = "[\\w.:-]{1,64}";
    private final Answerer answerer;
    private final ServeSettings settings;
    private final long started = System.currentTimeMillis() / 1000;

    ModelRoutes(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    void addTo(JavalinConfig config) {
        config.routes.get("/v1/models", this::list);
        config.routes.get("/v1/models/<name>", this::one);
        config.routes.post("/v1/adapters", this::open);
        config.routes.delete("/v1/adapters/<name>", this::release);
    }

    private void list(Context context) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = root.putArray("data");
        answerer.models().forEach(name -> data.add(model(name)));
        ServerDefaults.json(context, root);
    }

    private void one(Context context) {
        String name = context.pathParam("name");
        if (!answerer.models().contains(name)) {
            throw ModelChoice.unknown(answerer.models());
        }
        ServerDefaults.json(context, model(name));
    }

    private void open(Context context) throws IOException {
        requireAllowed();
        RequestBody body = RequestBody.read(context, settings.maxBodyBytes());
        body.allowOnly(ADAPTER_NAMES);
        String name = body.text("name");
        if (!name.matches(NAME)) {
            throw RequestBody.wrong("name", body.get("name"),
                    say("1 to 64 letters, digits, dots, colons, dashes and underscores"));
        }
        try {
            answerer.open(name, Path.of(body.text("path")));
        } catch (InvalidPathException e) {
            throw RequestBody.wrong("path", body.get("path"), say("the folder of an adapter"));
        }
        ServerLog.SERVER.info("opened the adapter {}", name);
        context.status(201);
        ServerDefaults.json(context, model(name));
    }

    private void release(Context context) {
        requireAllowed();
        String name = context.pathParam("name");
        if (!answerer.models().contains(name)) {
            throw ModelChoice.unknown(answerer.models());
        }
        answerer.release(name);
        ServerLog.SERVER.info("let the adapter {} go", name);
        ServerDefaults.json(context, JsonNodeFactory.instance.objectNode().put("id", name).put("object", "model")
                .put("deleted", true));
    }

    /** A path that a client names is read by this process, so it must be asked for. */
    private void requireAllowed() {
        if (!settings.api().adapters()) {
            throw Refusal.request(403, "adapters_closed", null,
                    say("this server opens no adapters for clients; whoever runs it can allow that"));
        }
    }

    private ObjectNode model(String name) {
        ObjectNode model = JsonNodeFactory.instance.objectNode().put("id", name).put("object", "model")
                .put("created", started).put("owned_by", "weft").put("task", task());
        return name.equals(answerer.model()) ? model : model.put("parent", answerer.model());
    }

    /** What is asked of the model: which of its routes, and which form of the page, is the right one. */
    private String task() {
        Readout readout = answerer.readout();
        return !readout.isOfRows() ? "generate" : readout == Readout.SCORE ? "score" : "classify";
    }
}
