package io.weft.app.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/** An answer that is an error, in the shape that OpenAI's API gives them. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String type, code, parameter;
    private final transient OptionalInt retrySeconds;

    private Refusal(int status, String type, String code, String parameter, String message, OptionalInt retrySeconds) {
        super(message, null, false, false); // the message is all of it
        this.status = status;
        this.type = type;
        this.code = code;
        this.parameter = parameter;
        this.retrySeconds = retrySeconds;
    }

    /** A mistake in the request. @param parameter which part of it, or null */
    public static Refusal request(String parameter, String message) { return request(400, null, parameter, message); }

    public static Refusal request(int status, String code, String parameter, String message) {
        return new Refusal(status, "invalid_request_error", code, parameter, message, OptionalInt.empty());
    }

    public static Refusal unauthorized() {
        return new Refusal(401, "authentication_error", "invalid_api_key", null,
                say("this server needs its API key: send the header Authorization: Bearer KEY"), OptionalInt.empty());
    }

    /** Too many wait. @param retrySeconds after which the client may come again */
    public static Refusal full(String message, int retrySeconds) {
        return new Refusal(429, "rate_limit_error", "queue_full", null, message, OptionalInt.of(retrySeconds));
    }

    /** A key has used up what it may in a minute. @param retrySeconds after which the client may come again */
    public static Refusal rateLimited(String message, int retrySeconds) {
        return new Refusal(429, "rate_limit_error", "rate_limit_exceeded", null, message,
                OptionalInt.of(retrySeconds));
    }

    /** Nothing can be answered for now. @param retrySeconds after which the client may come again */
    public static Refusal unavailable(String message, int retrySeconds) {
        return new Refusal(503, "server_error", "unavailable", null, message, OptionalInt.of(retrySeconds));
    }

    public static Refusal deadline(long seconds) {
        return new Refusal(504, "server_error", "deadline_exceeded", null,
                say("the answer was not ready within %d seconds; ask for fewer tokens", seconds), OptionalInt.empty());
    }

    /** A bug of ours: the client learns no more than that. */
    public static Refusal internal() {
        return new Refusal(500, "server_error", "internal_error", null,
                say("something went wrong in the server; its log has more"), OptionalInt.empty());
    }

    public int status() { return status; }

    public OptionalInt retrySeconds() { return retrySeconds; }

    public ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("error").put("message", getMessage()).put("type", type).put("param", parameter)
                .put("code", code);
        return root;
    }
}
