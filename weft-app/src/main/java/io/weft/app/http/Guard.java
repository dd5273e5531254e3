package io.weft.app.http;

import io.weft.app.http.key.Allowance;
import io.weft.app.http.key.ApiKey;
import io.weft.app.http.key.ApiKeys;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;

import static io.weft.problem.Language.say;

/**
 * Who may come in: the name that the client used for this server, the page that asks, the key and what it may still
 * ask. Also what every answer tells browsers. Runs before a byte of the body is read. What is not open is closed: an
 * address that nobody thought of needs a key.
 */
public final class Guard {
    private static final String PREFLIGHT = "Access-Control-Request-Method", TOLD = String.join(", ",
            Visit.header(), "Retry-After", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests", "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset-tokens");
    private final String host;
    private final boolean loopback;
    private final ApiKeys keys;
    private final Admission admission;
    private final Paths paths;

    /**
     * What addresses ask for. They are compared as they were sent: what is written in another way is another address.
     *
     * @param health   need neither key nor the server's name, and are answered whatever else the server does
     * @param open     need no key
     * @param admin    need a key of that scope
     * @param programs are asked for by programs: a browser's user is not asked for the key there
     */
    public record Paths(Set<String> health, Set<String> open, Predicate<String> admin, Predicate<String> programs) {}

    /** @param host that the server listens on  @param loopback whether only this machine reaches that */
    public Guard(String host, boolean loopback, ApiKeys keys, Admission admission, Paths paths) {
        this.host = host.toLowerCase(Locale.ROOT);
        this.loopback = loopback;
        this.keys = keys;
        this.admission = admission;
        this.paths = paths;
    }

    /** Whether an address is to be answered whatever else the server does. */
    boolean isHealth(Request request) { return paths.health.contains(request.getHttpURI().getPath()); }

    /**
     * @param answer headers of the answer, in which browsers are told what they may do
     * @return whether that is the whole answer: a browser asked what a page may ask
     * @throws Refusal when the request may not come in
     */
    boolean admit(Request request, HttpFields.Mutable answer, Visit visit) {
        secure(answer);
        String path = String.valueOf(request.getHttpURI().getPath()), called = request.getHeaders().get("Host");
        if (paths.health.contains(path)) {
            return false;
        }
        if ((loopback || !admission.hosts().isEmpty()) && !isOurName(called)) {
            // A page of another site whose name was pointed at 127.0.0.1 would otherwise read answers as if it were
            // ours.
            throw Refusal.request(403, "unknown_host", null, loopback && admission.hosts().isEmpty()
                    ? say("this server answers to localhost and 127.0.0.1 only; the request was for another host")
                    : say("this server does not answer to the name by which it was asked"));
        }
        if (isPreflight(request, answer, called)) {
            return true;
        }
        if (keys.areAsked() && !paths.open.contains(path)) {
            ApiKeys.Client client = keys.find(shown(request.getHeaders().get(HttpHeader.AUTHORIZATION)))
                    .orElseThrow(() -> {
                        // A browser asks its user for name and password; the password is the key.
                        answer.put(HttpHeader.WWW_AUTHENTICATE, paths.programs.test(path) ? "Bearer realm=\"Weft\""
                                : "Basic realm=\"Weft\", charset=\"UTF-8\"");
                        return Refusal.unauthorized();
                    });
            visit.client(client);
            requireScope(client.key(), request.getHttpURI());
            if (request.getMethod().equals("POST")) {
                take(client, answer);
            }
        }
        return false;
    }

    private static void secure(HttpFields.Mutable answer) {
        answer.put("Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        answer.put("X-Content-Type-Options", "nosniff");
        answer.put("X-Frame-Options", "DENY");
        answer.put("Referrer-Policy", "no-referrer");
        answer.put("Cross-Origin-Opener-Policy", "same-origin");
        answer.put("Cross-Origin-Resource-Policy", "same-origin");
        answer.put("Cache-Control", "no-store");
    }

    private boolean isOurName(String header) {
        String name = withoutPort(header);
        return name.equals("localhost") || name.equals(host) || name.equals("[" + host + "]") || name.equals("[::1]")
                || name.matches("127(\\.\\d{1,3}){3}") || admission.hosts().contains(name);
    }

    private static String withoutPort(String header) {
        return header == null ? "" : header.toLowerCase(Locale.ROOT).replaceFirst(":\\d{1,5}$", "");
    }

    /** @throws Refusal when a page of another site asks that may not */
    private boolean isPreflight(Request request, HttpFields.Mutable answer, String called) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) {
            return false;
        }
        origin = origin.toLowerCase(Locale.ROOT);
        answer.add("Vary", "Origin");
        if (admission.origins().contains(origin)) {
            answer.put("Access-Control-Allow-Origin", origin);
            answer.put("Access-Control-Expose-Headers", TOLD);
            answer.put("Cross-Origin-Resource-Policy", "cross-origin");
            if (request.getMethod().equals("OPTIONS") && request.getHeaders().contains(PREFLIGHT)) {
                answer.put("Access-Control-Allow-Methods", "GET, POST, DELETE");
                // whatever a client library adds: what matters is the key
                String wanted = request.getHeaders().get("Access-Control-Request-Headers");
                answer.put("Access-Control-Allow-Headers", wanted != null && wanted.matches("[A-Za-z0-9-]+(, ?"
                        + "[A-Za-z0-9-]+)*") ? wanted : "authorization, content-type");
                answer.put("Access-Control-Max-Age", "600");
                return true;
            }
            return false;
        }
        String asked = origin.replaceFirst("^[a-z][a-z0-9+.-]*://", "");
        if (!asked.equals(called == null ? "" : called.toLowerCase(Locale.ROOT))
                && !admission.hosts().contains(withoutPort(asked))) {
            throw Refusal.request(403, "other_origin", null,
                    say("this request comes from another site's page; the server's operator can allow it with --cors"));
        }
        return false;
    }

    /** However an address is written: routes forgive a slash at the end. */
    private boolean isAdmin(HttpURI uri) {
        return Stream.of(uri.getPath(), uri.getDecodedPath(), uri.getCanonicalPath()).filter(Objects::nonNull)
                .map(path -> path.replaceAll("/+", "/").replaceFirst("(?<=.)/$", "")).anyMatch(paths.admin);
    }

    private void requireScope(ApiKey key, HttpURI uri) {
        ApiKey.Scope needed = isAdmin(uri) ? ApiKey.Scope.ADMIN : ApiKey.Scope.INFER;
        if (!key.scopes().contains(needed)) {
            throw Refusal.request(403, "insufficient_scope", null, needed == ApiKey.Scope.ADMIN
                    ? say("this address needs a key with the scope admin")
                    : say("this address needs a key with the scope infer"));
        }
    }

    private static void take(ApiKeys.Client client, HttpFields.Mutable answer) {
        Optional<Allowance.Spent> spent = client.allowance().take();
        client.allowance().headers().forEach(answer::put);
        spent.ifPresent(bound -> {
            throw Refusal.rateLimited(bound.bound().equals("requests")
                    ? say("this key may send %,d requests a minute; come again in %d s", bound.perMinute(),
                    bound.seconds())
                    : say("this key may use %,d tokens a minute; come again in %d s", bound.perMinute(),
                    bound.seconds()), bound.seconds());
        });
    }

    /** The key in a header, or "", which is none. */
    private static String shown(String header) {
        if (header == null) {
            return "";
        }
        if (header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return header.substring(7).trim();
        }
        if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                String pair = new String(Base64.getDecoder().decode(header.substring(6).trim()),
                        StandardCharsets.UTF_8);
                return pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return "";
            }
        }
        return "";
    }
}
