package io.weft.app.http;

import io.javalin.http.Context;
import io.weft.app.http.key.ApiKeys;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;

/**
 * What is known of one request, for the log and the metrics: who asks, for what, and what became of it. Never what was
 * asked or answered. For any thread.
 */
public final class Visit {
    private static final String NAME = "io.weft.visit", ID = "X-Request-Id";
    /** Nothing that could break a line or a header, and no more than a few words. */
    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
    private final String id;
    private final long began;
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile Optional<ApiKeys.Client> client = Optional.empty();
    private volatile String route = "", model = "";
    private volatile boolean gone;
    private volatile long first = -1, last = -1;
    private volatile Tokens tokens;

    private Visit(String id, long began) {
        this.id = id;
        this.began = began;
    }

    /** @param prompt of which {@code cached} were there already  @param generated of all answers */
    public record Tokens(int prompt, int cached, int generated) {}

    /** The visit of a request that has come in; its id is the client's where that is fit to be logged. */
    static Visit begin(Request request) {
        String given = request.getHeaders().get(ID);
        Visit visit = new Visit(given != null && SANE.matcher(given).matches() ? given
                : "%016x".formatted(ThreadLocalRandom.current().nextLong()), request.getBeginNanoTime());
        request.setAttribute(NAME, visit);
        return visit;
    }

    /** One that never came to be a request, such as words that are no HTTP, has a visit without a name. */
    static Visit of(Request request) {
        return request.getAttribute(NAME) instanceof Visit visit ? visit : new Visit("", request.getBeginNanoTime());
    }

    public static Visit of(Context context) {
        return of(ServletContextRequest.getServletContextRequest(context.req()));
    }

    /** The header in which clients send an id and are told it. */
    static String header() { return ID; }

    public String id() { return id; }

    void client(ApiKeys.Client client) { this.client = Optional.of(client); }

    Optional<ApiKeys.Client> client() { return client; }

    /** The name of the key that was shown, or "". */
    public String key() { return client.map(shown -> shown.key().name()).orElse(""); }

    void route(String path) { route = path; }

    /** The address as it is registered, e.g. {@code /v1/models/<name>}; "" where nothing is. */
    public String route() { return route; }

    /** Notes which model answers. */
    public void model(String name) { model = name; }

    public String model() { return model; }

    /** Notes that a part of the answer is there. */
    public void part() {
        last = NanoTime.since(began);
        first = first < 0 ? last : first;
    }

    /** From the first byte of the request to the first part of its answer, nanoseconds. */
    public OptionalLong first() { return first < 0 ? OptionalLong.empty() : OptionalLong.of(first); }

    /** From the first part of the answer to the last, nanoseconds. */
    public long answering() { return last - first; }

    /** Notes what an answer took, of several of one request each; its client pays for it. */
    public synchronized void tokens(int prompt, int cached, int generated) {
        tokens = tokens == null ? new Tokens(prompt, cached, generated) : new Tokens(tokens.prompt + prompt,
                tokens.cached + cached, tokens.generated + generated);
        client.ifPresent(shown -> shown.allowance().spend(prompt + generated));
    }

    public Optional<Tokens> tokens() { return Optional.ofNullable(tokens); }

    /** Notes that nobody waits for the answer any more. */
    public void leave() { gone = true; }

    public boolean isGone() { return gone; }

    /** Adds words to the line in the log, e.g. which parameters were passed over; none of the client's texts. */
    public void note(String words) { notes.add(words); }

    List<String> notes() { return notes; }
}
