package io.weft.hub;

import io.weft.problem.UserError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

import static io.weft.problem.Language.say;

/**
 * Requests to one hub: follows redirects by hand so that the token reaches the hub alone, tries again what may succeed
 * later, and turns refusals into {@link UserError}s.
 */
final class HubClient {
    private static final int MOST_REDIRECTS = 10;
    private static final Duration LONGEST_ASKED_WAIT = Duration.ofMinutes(5);
    private static final Set<Integer> PASSING = Set.of(408, 416, 425, 429, 500, 502, 503, 504);
    private static final Set<Integer> RUN_OUT = Set.of(400, 401, 403, 404, 410);
    private final HubSettings settings;
    private final HubListener listener;
    private final HttpClient http;

    HubClient(HubSettings settings, HubListener listener) {
        this.settings = settings;
        this.listener = listener;
        // HTTP/1.1: its one stream a connection fills a fast line, where the JDK's HTTP/2 windows do not, and
        // cancelling a body closes the connection.
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.patience().connect()).proxy(settings.proxies()).build();
    }

    /** What may be tried again. */
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    RetryPolicy patience() { return settings.patience(); }

    /** An address below the endpoint. @param path with a slash in front, encoded */
    URI at(String path) { return URI.create(settings.endpoint() + path); }

    /** The address of a file's content. */
    URI content(String repository, String revision, String file) {
        return at("/" + HubNames.encoded(repository, true) + "/resolve/" + HubNames.encoded(revision, false) + "/"
                + HubNames.encoded(file, true));
    }

    /**
     * Runs an attempt until it succeeds.
     *
     * @throws UserError naming {@code what} when as many attempts as the settings allow failed
     */
    <T> T persistently(String what, Attempt<T> attempt) {
        for (int failures = 1;; failures++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                waitAfter(what, e, failures);
            } catch (InterruptedException e) {
                throw stopped(e);
            }
        }
    }

    /**
     * Waits before another attempt.
     *
     * @param failures in a row, this one included
     * @throws UserError when these are enough
     */
    void waitAfter(String what, IOException failure, int failures) {
        if (failures >= patience().attempts() || isUntrusted(failure)) {
            throw UserError.of(say("%s: %s, %d times. Check the network and HF_ENDPOINT (%s); run the same command "
                    + "again to go on where it stopped", what, reason(failure), failures, settings.endpoint()),
                    failure);
        }
        Duration wait = patience().waitAfter(failures);
        if (failure instanceof RetryableException unready && unready.retryAfter().isPresent()) {
            Duration asked = unready.retryAfter().get();
            wait = asked.compareTo(LONGEST_ASKED_WAIT) < 0 ? asked : LONGEST_ASKED_WAIT;
        }
        listener.retrying(what, reason(failure), wait);
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            throw stopped(e);
        }
    }

    /** A certificate that is not accepted will not be the next time. */
    private static boolean isUntrusted(Throwable failure) {
        return failure != null && (failure instanceof CertificateException || isUntrusted(failure.getCause()));
    }

    static UserError stopped(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return UserError.of(say("stopped while fetching; run the same command again to go on where it stopped"), cause);
    }

    /**
     * Sends a request and follows its redirects until one is {@code enough}. The answer is a success or a redirect that
     * was enough.
     *
     * @throws UserError for what trying again would not change   @throws IOException for what it may
     */
    HubResponse send(String method, URI address,
            Map<String, String> headers, Predicate<HubResponse> enough, String subject) throws IOException,
            InterruptedException {
        URI uri = address;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HubResponse reply = once(method, uri, headers);
            if (reply.ok() || reply.redirects() && enough.test(reply)) {
                return reply;
            }
            try (reply) {
                if (!reply.redirects()) {
                    throw refusal(reply, subject);
                }
                uri = target(uri, reply.header("location").orElse("")).orElseThrow(() -> UserError.of(say(
                        "%s: %s redirects to an address that is not followed: none, not a web address, or from https "
                        + "to http. Check HF_ENDPOINT", subject, place(reply.uri()))));
            }
        }
        throw UserError.of(say("%s: more than %d redirects, the last to %s; check HF_ENDPOINT", subject, MOST_REDIRECTS,
                place(uri)));
    }

    private HubResponse once(String method, URI uri, Map<String, String> headers) throws IOException,
            InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody())
                .header("Accept-Encoding", "identity").header("User-Agent", "weft");
        headers.forEach(request::header);
        settings.token().filter(token -> ours(uri)).ifPresent(token -> request.header("Authorization", token.header()));
        CompletableFuture<HttpResponse<Chunks>> answer = http.sendAsync(request.build(), head -> new Chunks());
        try {
            return new HubResponse(uri, answer.get(patience().answer().toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new HttpTimeoutException(say("no answer from %s for %d s", place(uri),
                    patience().answer().toSeconds()));
        } catch (InterruptedException stop) {
            answer.cancel(true);
            throw stop;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
        }
    }

    /** Whether an address is the hub's own: same scheme, host and port as the endpoint. */
    boolean ours(URI uri) {
        URI endpoint = settings.endpoint();
        return endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
                && endpoint.getHost().equalsIgnoreCase(uri.getHost()) && port(endpoint) == port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Where a redirect leads, if that may be followed: a web address, and not from https to http. */
    static Optional<URI> target(URI from, String location) {
        try {
            URI target = from.resolve(location);
            boolean safe = "https".equalsIgnoreCase(target.getScheme()) || "http".equalsIgnoreCase(target.getScheme())
                    && "http".equalsIgnoreCase(from.getScheme());
            return Optional.of(target).filter(to -> safe && to.getHost() != null && !location.isEmpty());
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private RuntimeException refusal(HubResponse reply, String subject) throws RetryableException {
        int status = reply.status();
        String code = reply.header("x-error-code").orElse("");
        if (PASSING.contains(status) || code.isEmpty() && !ours(reply.uri()) && RUN_OUT.contains(status)) {
            // A content host refuses a signed address that has run out; the hub gives a new one.
            Optional<Duration> wait = reply.number("retry-after").stream().mapToObj(Duration::ofSeconds).findFirst();
            throw new RetryableException(status, say("%s answers %d", place(reply.uri()), status), wait);
        }
        String hub = settings.endpoint().toString();
        if (code.equals("GatedRepo")) {
            return UserError.of(say("%s: this model is gated. Accept its terms in a browser at %s/%s, then set "
                    + "HF_TOKEN to a token of that account (now: %s)", subject, hub, subject.split(" ")[0],
                    tokenInUse()));
        }
        if (code.equals("RevisionNotFound")) {
            return UserError.of(say("%s: no such branch, tag or commit at %s", subject, hub));
        }
        if (code.equals("EntryNotFound")) {
            return UserError.of(say("%s: no such file at %s", subject, hub));
        }
        if (code.equals("RepoNotFound") || status == 404) {
            return UserError.of(say("%s: not found at %s. Check the name; for a private model set HF_TOKEN to a token "
                    + "that may read it (now: %s)", subject, hub, tokenInUse()));
        }
        if (status == 401 || status == 403) {
            return UserError.of(say("%s: %s refuses access (%d). Set HF_TOKEN to a token that may read it (now: %s)",
                    subject, hub, status, tokenInUse()));
        }
        return UserError.of(say("%s: %s answers %d, which a hub does not; check HF_ENDPOINT", subject,
                place(reply.uri()), status));
    }

    private String tokenInUse() { return settings.token().map(HubToken::toString).orElse(say("none")); }

    /** Host and path alone: the query of a content address is a key. */
    static String place(URI uri) {
        return HubNames.printable(uri.getScheme() + "://" + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath());
    }

    /** Why a connection failed, in words. */
    static String reason(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return say("no such host (is this machine offline?)");
            }
            if (cause instanceof SSLException) {
                return say("no secure connection: %s", HubNames.printable(String.valueOf(cause.getMessage())));
            }
        }
        if (failure instanceof ConnectException) {
            return say("cannot connect");
        }
        return failure.getMessage() == null ? say("the connection broke") : HubNames.printable(failure.getMessage());
    }
}
