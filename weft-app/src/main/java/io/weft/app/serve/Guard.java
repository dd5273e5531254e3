package io.weft.app.serve;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Who may come in: the name that the client used for this server, and the key. Also what every answer tells browsers.
 */
final class Guard {
    private static final Set<String> OPEN = Set.of("/healthz", "/readyz");
    private final String host;
    private final boolean loopback;
    private final Optional<byte[]> keyHash;

    Guard(ServeSettings settings) {
        host = settings.host().toLowerCase(Locale.ROOT);
        loopback = settings.isLoopback();
        keyHash = settings.apiKey().map(Guard::hash);
    }

    /** @throws Refusal when the request may not come in */
    void check(Context context) {
        secure(context);
        if (loopback && !isOurName(context.header("Host"))) {
            // A page of another site whose name was pointed at 127.0.0.1 would otherwise read answers as if it were
            // ours.
            throw Refusal.request(403, "unknown_host", null,
                    say("this server answers to localhost and 127.0.0.1 only; the request was for another host"));
        }
        if (keyHash.isPresent() && !OPEN.contains(context.path()) && !knowsKey(context.header("Authorization"))) {
            // A browser asks its user for name and password; the password is the key.
            context.header("WWW-Authenticate", isPage(context) ? "Basic realm=\"Weft\", charset=\"UTF-8\""
                    : "Bearer realm=\"Weft\"");
            throw Refusal.unauthorized();
        }
    }

    private static boolean isPage(Context context) {
        return !context.path().startsWith("/v1/") && !context.path().equals("/predict");
    }

    private static void secure(Context context) {
        context.header("Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("X-Frame-Options", "DENY");
        context.header("Referrer-Policy", "no-referrer");
        context.header("Cross-Origin-Opener-Policy", "same-origin");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        context.header("Cache-Control", "no-store");
    }

    private boolean isOurName(String header) {
        if (header == null) {
            return false;
        }
        String name = header.toLowerCase(Locale.ROOT).replaceFirst(":\\d{1,5}$", "");
        return name.equals("localhost") || name.equals(host) || name.equals("[" + host + "]") || name.equals("[::1]")
                || name.matches("127(\\.\\d{1,3}){3}");
    }

    private boolean knowsKey(String header) {
        if (header == null) {
            return false;
        }
        String shown = "";
        if (header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            shown = header.substring(7).trim();
        } else if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                String pair = new String(Base64.getDecoder().decode(header.substring(6).trim()),
                        StandardCharsets.UTF_8);
                shown = pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        // Hashes are of one length, and their comparison takes one time: nothing is learned from how long a wrong key
        // takes.
        return MessageDigest.isEqual(hash(shown), keyHash.orElseThrow());
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
