package io.weft.hub;

import io.weft.problem.UserError;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Where models come from and where they are kept.
 *
 * @param endpoint the hub or a mirror, http or https, without a slash at the end
 * @param token for private and gated models
 * @param cache the folder that holds {@code models--org--name} folders
 * @param offline whether only the cache may be used
 * @param links whether snapshots link to blobs (else they hold the files)
 * @param proxies who says whether an address is reached through a proxy
 */
public record HubSettings(URI endpoint,
        Optional<HubToken> token, Path cache, boolean offline, boolean links, ProxySelector proxies,
        RetryPolicy patience) {
    private static final String HUB = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    /** @throws UserError for an endpoint that is not a plain http or https address */
    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")
                || endpoint.getHost() == null || endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null) {
            throw UserError.of(say("HF_ENDPOINT: expected an address such as %s, without user, password or query",
                    HUB));
        }
    }

    /**
     * What huggingface_hub reads from the same variables: HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_CACHE, HF_HOME,
     * HF_HUB_OFFLINE, HF_HUB_DISABLE_SYMLINKS, and the proxy variables.
     */
    public static HubSettings fromEnvironment(Map<String, String> environment) {
        Path user = Path.of(System.getProperty("user.home"));
        Path home = folder(environment, "HF_HOME", user)
                .orElseGet(() -> folder(environment, "XDG_CACHE_HOME", user).orElse(user.resolve(".cache"))
                .resolve("huggingface"));
        Path cache = folder(environment, "HF_HUB_CACHE", user)
                .or(() -> folder(environment, "HUGGINGFACE_HUB_CACHE", user)).orElse(home.resolve("hub"));
        Path tokenFile = folder(environment, "HF_TOKEN_PATH", user).orElse(home.resolve("token"));
        return new HubSettings(endpoint(given(environment, "HF_ENDPOINT").orElse(HUB)), token(environment, tokenFile),
                cache,
                yes(environment, "HF_HUB_OFFLINE") || yes(environment, "TRANSFORMERS_OFFLINE"),
                !yes(environment, "HF_HUB_DISABLE_SYMLINKS"), new HubProxies(environment), RetryPolicy.DEFAULTS);
    }

    private static URI endpoint(String text) {
        try {
            return URI.create(text.replaceAll("/+$", ""));
        } catch (IllegalArgumentException notAnAddress) {
            // refused by the constructor, which does not repeat a text that may hold a password
            return URI.create("");
        }
    }

    private static Optional<HubToken> token(Map<String, String> environment, Path file) {
        for (String variable : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            Optional<String> value = given(environment, variable);
            if (value.isPresent()) {
                return value.map(text -> new HubToken(text, variable));
            }
        }
        try {
            String text = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
            return text.isEmpty() || yes(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN") ? Optional.empty()
                    : Optional.of(new HubToken(text, file.toString()));
        } catch (IOException unreadable) {
            throw UserError.of(say("%s: the token file cannot be read; make it readable, or set HF_TOKEN", file),
                    unreadable);
        }
    }

    private static Optional<Path> folder(Map<String, String> environment, String variable, Path user) {
        return given(environment, variable).map(text -> text.startsWith("~/") || text.equals("~")
                ? user.resolve(text.substring(Math.min(2, text.length()))) : Path.of(text));
    }

    private static boolean yes(Map<String, String> environment, String variable) {
        return TRUE.contains(environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT));
    }

    private static Optional<String> given(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
