package io.weft.endpoint;

import io.weft.problem.UserError;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * A model behind an address that speaks as OpenAI's does: OpenAI, DeepSeek, vLLM, Ollama, {@code weft serve}.
 *
 * @param base  what stands before {@code /chat/completions}, such as {@code http://127.0.0.1:11434/v1}
 * @param model as the service calls it
 * @param key   of the service, where it wants one
 */
public record Endpoint(URI base, String model, Optional<ApiKey> key, Patience patience) {
    /**
     * @param base        as the user wrote it  @param keyVariable the environment variable that holds the key; "" for
     * none
     * @param environment the variables of the process
     * @throws UserError for what is no address, a model without a name, or a variable without a key
     */
    public static Endpoint of(String base, String model, String keyVariable, Map<String, String> environment) {
        if (model.isBlank()) {
            throw UserError.of(say("%s: which of its models to ask is not said; give its name as the service spells it",
                    address(base)));
        }
        return new Endpoint(address(base), model.strip(), keyVariable.isBlank() ? Optional.empty()
                : Optional.of(ApiKey.of(keyVariable.strip(), environment)), Patience.DEFAULTS);
    }

    /** With other times. */
    public Endpoint with(Patience other) { return new Endpoint(base, model, key, other); }

    /** What a user may give as an address, without a slash at the end. @throws UserError for anything else */
    public static URI address(String text) {
        try {
            URI uri = URI.create(text.strip().replaceFirst("/+$", ""));
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return URI.create(uri.toString().replaceFirst("/chat/completions$", ""));
            }
        } catch (IllegalArgumentException notAnAddress) {
            throw refused(notAnAddress);
        }
        throw refused(null);
    }

    // without the text: it may hold a password
    private static UserError refused(Throwable cause) {
        return UserError.of(say("the endpoint's address cannot be used; expected an http or https address without "
                + "user, password or query, such as http://127.0.0.1:11434/v1"), cause);
    }

    URI completions() { return URI.create(base + "/chat/completions"); }

    URI models() { return URI.create(base + "/models"); }

    /** For messages: the model and where it is. */
    @Override public String toString() { return model + " (" + base + ")"; }
}
