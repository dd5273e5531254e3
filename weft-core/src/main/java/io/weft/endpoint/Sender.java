package io.weft.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.endpoint.EndpointRefusal.Kind;
import io.weft.file.JsonFile;
import io.weft.hub.HubProxies;
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
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static io.weft.problem.Language.say;

/** Sends one request until it is answered or refused for good: the network's and the service's moods end here. */
final class Sender {
    private static final int SHOWN_MODELS = 10;
    private static final String LENGTH = "max_tokens", OTHER_LENGTH = "max_completion_tokens";
    private final Endpoint endpoint;
    private final ChatListener listener;
    private final HttpClient http;
    /** How the service spells the bound of an answer's length; OpenAI's newer models take the second spelling alone. */
    private volatile String lengthKey = LENGTH;

    Sender(Endpoint endpoint, Map<String, String> environment, ChatListener listener) {
        this.endpoint = endpoint;
        this.listener = listener;
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(endpoint.patience().connect())
                .proxy(new HubProxies(environment)).build();
    }

    /** @throws EndpointRefusal when it is refused, or the service does not come back */
    ChatAnswer send(ChatRequest request) {
        try {
            for (int failures = 1;; failures++) {
                Optional<ChatAnswer> answer = attempt(request, failures);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
        } catch (InterruptedException e) {
            throw stopped(e);
        }
    }

    /** Empty where it is worth another attempt, after waiting. */
    private Optional<ChatAnswer> attempt(ChatRequest request, int failures) throws InterruptedException {
        try {
            String spelt = lengthKey;
            Reply reply = once(post(request, spelt));
            if (reply.wantsOtherLengthKey() && request.maxTokens().isPresent() && spelt.equals(LENGTH)) {
                lengthKey = OTHER_LENGTH;
                reply = once(post(request, OTHER_LENGTH));
            }
            if (reply.isGood()) {
                return Optional.of(reply.answer(endpoint));
            }
            if (!reply.passes()) {
                throw reply.refusal(endpoint, reply.status() == 404 ? served() : "");
            }
            String told = reply.reason(endpoint);
            waitAfter(say("%s answers %d", endpoint.base(), reply.status()) + (told.isEmpty() ? "" : ": " + told), null,
                    failures, reply.retryAfter(ZonedDateTime.now()));
        } catch (IOException e) {
            waitAfter(reason(e), e, isUntrusted(e) ? Integer.MAX_VALUE : failures, Optional.empty());
        }
        return Optional.empty();
    }

    private HttpRequest post(ChatRequest request, String spelt) {
        return builder(endpoint.completions()).header("Content-Type", "application/json")
                // some services answer a request that was lost on the way back a second time for nothing
                .header("Idempotency-Key", request.key(endpoint))
                .POST(BodyPublishers.ofString(request.body(endpoint.model(), spelt).toString())).build();
    }

    private HttpRequest.Builder builder(URI address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept", "application/json")
                .header("User-Agent", "weft");
        endpoint.key().ifPresent(key -> request.header("Authorization", key.header()));
        return request;
    }

    /**
     * One try, whole within the time that is allowed: a timeout of the request itself ends with the head of the reply.
     */
    private Reply once(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> under = http.sendAsync(request, head -> new LimitedBody());
        Duration most = endpoint.patience().answer();
        try {
            HttpResponse<byte[]> response = under.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException slow) {
            under.cancel(true);
            throw new HttpTimeoutException(say("no answer from %s for %d s", endpoint.base(), most.toSeconds()));
        } catch (InterruptedException stop) {
            under.cancel(true);
            throw stop;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
        }
    }

    /** @param asked how long the service asks to wait, which is obeyed or told */
    private void waitAfter(String reason, IOException failure, int failures, Optional<Duration> asked)
            throws InterruptedException {
        Patience patience = endpoint.patience();
        if (failures >= patience.attempts()) {
            throw new EndpointRefusal(Kind.UNREACHABLE, failures == Integer.MAX_VALUE
                    ? say("%s: %s. Check the address and this machine's certificates", endpoint, reason)
                    : say("%s: %s, %d times. Check that the service runs and the network reaches it; what was answered "
                    + "is kept: run the same command again to go on where it stopped", endpoint, reason, failures),
                    failure);
        }
        if (asked.filter(wait -> wait.compareTo(patience.longestWait()) > 0).isPresent()) {
            throw new EndpointRefusal(Kind.UNREACHABLE, say("%s: %s and asks to wait %d s, more than the %d s that "
                    + "Weft "
                    + "waits; what was answered is kept: run the same command again after that time", endpoint, reason,
                    asked.get().toSeconds(), patience.longestWait().toSeconds()), failure);
        }
        Duration wait = asked.orElseGet(() -> patience.waitAfter(failures, ThreadLocalRandom.current().nextDouble()));
        listener.retrying(reason, wait);
        Thread.sleep(wait.toMillis());
    }

    private static boolean isUntrusted(Throwable failure) {
        return failure != null && (failure instanceof CertificateException || isUntrusted(failure.getCause()));
    }

    private String reason(IOException e) {
        if (e instanceof HttpTimeoutException && e.getMessage() != null) {
            return e.getMessage();
        }
        if (e instanceof ConnectException) {
            return say("nothing listens at %s", endpoint.base());
        }
        return e instanceof UnknownHostException || e.getCause() instanceof UnknownHostException
                ? say("the host %s is not known", endpoint.base().getHost())
                : say("the connection to %s broke (%s)", endpoint.base(), e.getMessage() == null
                ? e.getClass().getSimpleName() : e.getMessage());
    }

    /** The first models that the service says it has; "" where it does not say. */
    private String served() throws InterruptedException {
        try {
            Reply reply = once(builder(endpoint.models()).GET().build());
            JsonNode root = reply.isGood() ? JsonFile.JSON.readTree(reply.body()) : JsonFile.JSON.missingNode();
            StringJoiner names = new StringJoiner(say(", "));
            int count = 0;
            for (JsonNode model : root.path("data")) {
                if (count++ < SHOWN_MODELS) {
                    names.add(model.path("id").asText());
                }
            }
            return names.toString();
        } catch (IOException notSaid) {
            return "";
        }
    }

    static UserError stopped(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return UserError.of(say("stopped while a service was asked; run the same command again to go on where it "
                + "stopped"), cause);
    }
}
