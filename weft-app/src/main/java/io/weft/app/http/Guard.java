package io.weft.app.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * Who may come in: the name that the client used for this server, and the key. Also what every answer tells browsers.
 */
public final class Guard {
    private final String host;
    private final boolean loopback;
    private final Optional<byte[]> keyHash;
    private final Set<String> open;
    private final Predicate<String> programs;

    /**
     * @param host     that the server listens on  @param loopback whether only this machine reaches that
     * @param key      that every request must show, where there is one
     * @param open     paths that need no key
     * @param programs paths that programs ask for: a browser is not asked for the key there
     */
    public Guard(String host, boolean loopback, Optional<String> key, Set<String> open, Predicate<String> programs) {
        this.host = host.toLowerCase(Locale.ROOT);
        this.loopback = loopback;
        keyHash = key.map(Guard::hash);
        this.open = Set.copyOf(open);
        this.programs = programs;
    }

    /** @throws Refusal when the request may not come in */
    public void check(Context context) {
        secure(context);
        if (loopback && !isOurName(context.header("Host"))) {
            // A page of another site whose name was pointed at 127.0.0.1 would otherwise read answers as if it were
            // ours.
            throw Refusal.request(403, "unknown_host", null,
                    say("this server answers to localhost and 127.0.0.1 only; the request was for another host"));
        }
        if (keyHash.isPresent() && !open.contains(context.path()) && !knowsKey(context.header("Authorization"))) {
            // A browser asks its user for name and password; the password is the key.
            context.header("WWW-Authenticate", programs.test(context.path()) ? "Bearer realm=\"Weft\""
                    : "Basic realm=\"Weft\", charset=\"UTF-8\"");
            throw Refusal.unauthorized();
        }
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
