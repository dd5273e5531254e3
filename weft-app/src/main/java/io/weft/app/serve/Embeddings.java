package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.IgnoredFields;
import io.weft.app.api.ModelChoice;
import io.weft.app.http.ClientConnection;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.app.http.ServerLog;
import io.weft.app.http.Visit;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static io.weft.problem.Language.say;

/**
 * {@code POST /v1/embeddings} as OpenAI's API has it: a vector of each text. {@code pooling} says which: "mean" of the
 * hidden states after the last norm, or "last", that of the last token; the answer says it, too.
 */
final class Embeddings implements Handler {
    private static final String INPUT = "input", FORMAT = "encoding_format", POOLING = "pooling";
    private static final String DIMENSIONS = "dimensions";
    static final Set<String> NAMES = Set.of(INPUT, FORMAT, POOLING, DIMENSIONS, ModelChoice.NAME, "user");
    private static final int MOST_TEXTS = 2048, LOOK_MILLIS = 50;
    private final Answerer answerer;
    private final ServeSettings settings;

    Embeddings(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    @Override public void handle(Context context) throws IOException {
        RequestBody body = RequestBody.read(context, settings.maxBodyBytes());
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, NAMES);
        Optional<String> model = ModelChoice.read(body, answerer.models());
        List<String> texts = texts(body.get(INPUT));
        boolean base64 = word(body, FORMAT, "float", "base64"), last = word(body, POOLING, "mean", "last");
        if (body.has(DIMENSIONS)) {
            throw Refusal.request(400, "unsupported_parameter", DIMENSIONS,
                    say("'%s' is not supported by this server: its vectors are as wide as the model's; leave it out",
                    DIMENSIONS));
        }
        ignored.tell(context);
        String name = model.orElse(answerer.model());
        Visit.of(context).model(name);
        Answerer.Vectors vectors = await(context, answerer.embed(name, texts, !last));
        Visit.of(context).tokens(vectors.tokens(), 0, 0);
        context.contentType("application/json").result(json(name, vectors, base64, last).toString());
    }

    /** Whether the second of two words is asked for; the first is the usual one. */
    private static boolean word(RequestBody body, String name, String usual, String other) {
        if (!body.has(name)) {
            return false;
        }
        String word = body.text(name);
        if (!word.equals(usual) && !word.equals(other)) {
            throw RequestBody.wrong(name, body.get(name), say("%s or %s", usual, other));
        }
        return word.equals(other);
    }

    private static List<String> texts(JsonNode given) {
        List<String> texts = new ArrayList<>();
        for (JsonNode each : given.isArray() ? given : List.of(given)) {
            if (each.isNumber() || each.isArray()) {
                throw Refusal.request(INPUT, say("'%s' holds token ids, which another model's tokenizer made; send "
                        + "texts (LangChain: check_embedding_ctx_length=False)", INPUT));
            }
            if (!each.isTextual() || each.asText().isEmpty()) {
                throw RequestBody.wrong(INPUT, each, say("a text, or a list of 1 to %d texts", MOST_TEXTS));
            }
            texts.add(each.asText());
        }
        if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
            throw RequestBody.wrong(INPUT, given, say("a text, or a list of 1 to %d texts", MOST_TEXTS));
        }
        return texts;
    }

    private Answerer.Vectors await(Context context, CompletableFuture<Answerer.Vectors> vectors) {
        ClientConnection client = new ClientConnection(context);
        long end = System.nanoTime() + settings.deadline().toNanos();
        try {
            while (true) {
                try {
                    return vectors.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (client.isGone()) {
                        Visit.of(context).leave();
                        throw new ReplyReader.ClientGone();
                    }
                    if (System.nanoTime() > end) {
                        throw Refusal.deadline(settings.deadline().toSeconds());
                    }
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Answerer.Unavailable unavailable) {
                throw unavailable.refusal();
            }
            if (e.getCause() instanceof UserError error) {
                throw Refusal.request(INPUT, error.getMessage());
            }
            ServerLog.SERVER.error("a text could not be embedded", e.getCause());
            throw Refusal.internal();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Answerer.Unavailable(say("the server is stopping"), false, 10).refusal();
        } finally {
            vectors.cancel(true);                        // does nothing to one that is there
        }
    }

    private static ObjectNode json(String model, Answerer.Vectors vectors, boolean base64, boolean last) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = root.putArray("data");
        for (int i = 0; i < vectors.values().size(); i++) {
            ObjectNode each = data.addObject().put("object", "embedding").put("index", i);
            float[] values = vectors.values().get(i);
            if (base64) {
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                each.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            } else {
                ArrayNode numbers = each.putArray("embedding");
                for (float value : values) {
                    numbers.add(value);
                }
            }
        }
        root.put("model", model).put(POOLING, last ? "last" : "mean").putObject("usage")
                .put("prompt_tokens", vectors.tokens()).put("total_tokens", vectors.tokens());
        return root;
    }
}
