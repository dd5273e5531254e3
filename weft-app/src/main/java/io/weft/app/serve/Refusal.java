package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/** An answer that is an error, in the shape that OpenAI's API gives them. */
final class Refusal extends RuntimeException {
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
    static Refusal request(String parameter, String message) { return request(400, null, parameter, message); }

    static Refusal request(int status, String code, String parameter, String message) {
        return new Refusal(status, "invalid_request_error", code, parameter, message, OptionalInt.empty());
    }

    static Refusal unauthorized() {
        return new Refusal(401, "authentication_error", "invalid_api_key", null,
                say("this server needs its API key: send the header Authorization: Bearer KEY"), OptionalInt.empty());
    }

    static Refusal unavailable(Answerer.Unavailable cause) {
        return cause.isFull() ? new Refusal(429, "rate_limit_error", "queue_full", null, cause.getMessage(),
                OptionalInt.of(cause.retrySeconds()))
                : new Refusal(503, "server_error", "unavailable", null, cause.getMessage(),
                OptionalInt.of(cause.retrySeconds()));
    }

    static Refusal deadline(long seconds) {
        return new Refusal(504, "server_error", "deadline_exceeded", null,
                say("the answer was not ready within %d seconds; ask for fewer tokens", seconds), OptionalInt.empty());
    }

    /** A bug of ours: the client learns no more than that. */
    static Refusal internal() {
        return new Refusal(500, "server_error", "internal_error", null,
                say("something went wrong in the server; its log has more"), OptionalInt.empty());
    }

    int status() { return status; }

    OptionalInt retrySeconds() { return retrySeconds; }

    ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("error").put("message", getMessage()).put("type", type).put("param", parameter)
                .put("code", code);
        return root;
    }
}
