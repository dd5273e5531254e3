package io.weft.app.api;

import io.weft.app.http.RequestBody;
import java.util.Set;

/**
 * How long an answer may be: what is asked for, but no more than the server allows and, whoever makes it sees to that,
 * than the model's context has left.
 */
public final class AnswerLength {
    public static final Set<String> NAMES = Set.of("max_tokens", "max_completion_tokens");

    private AnswerLength() {}

    /** @param most that the server allows  @param otherwise where nothing is asked for */
    public static int read(RequestBody body, int most, int otherwise) {
        // OpenAI's newer name counts where both stand
        return body.integerCut("max_completion_tokens", 1, most,
                body.integerCut("max_tokens", 1, most, Math.min(otherwise, most)));
    }
}
