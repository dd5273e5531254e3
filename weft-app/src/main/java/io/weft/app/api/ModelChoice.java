package io.weft.app.api;

import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** Which of the models a request means. */
public final class ModelChoice {
    public static final String NAME = "model";

    private ModelChoice() {}

    /**
     * The one named. Where there is but one, any name means it: clients cannot leave the name out, and the answer says
     * who spoke.
     *
     * @throws Refusal when there are several, and none has that name
     */
    public static Optional<String> read(RequestBody body, List<String> models) {
        if (!body.has(NAME)) {
            return Optional.empty();
        }
        String name = body.text(NAME);
        if (models.contains(name)) {
            return Optional.of(name);
        }
        if (models.size() > 1) {
            throw unknown(models);
        }
        return Optional.empty();
    }

    public static Refusal unknown(List<String> models) {
        return Refusal.request(404, "model_not_found", NAME,
                say("there is no such model here; there is %s", String.join(", ", models)));
    }
}
