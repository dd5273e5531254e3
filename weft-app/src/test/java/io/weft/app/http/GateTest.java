package io.weft.app.http;

import io.javalin.Javalin;
import io.weft.app.http.key.ApiKeys;
import io.weft.problem.Language;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What passes on the way to a route, and what is sent away, where one request at a time is handled. */
@Timeout(60)
class GateTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch entered = new CountDownLatch(1), release = new CountDownLatch(1);
    private final List<EndedRequest> ended = new CopyOnWriteArrayList<>();
    private Gate gate;
    private Javalin javalin;

    @BeforeEach void start() {
        Language.use(Language.ENGLISH);
        Guard guard = new Guard("127.0.0.1", true, ApiKeys.none(), Admission.PLAIN, new Guard.Paths(Set.of("/healthz"),
                Set.of(), path -> false, path -> true));
        gate = new Gate(guard, new Gate.Bounds(1000, Duration.ofSeconds(5), 1, Duration.ofSeconds(2)));
        Listener listener = new Listener("127.0.0.1", 0, Admission.PLAIN, ApiKeys.none());
        javalin = Javalin.create(config -> {
            ServerDefaults.apply(config, listener, gate, ended::add);
            config.routes.get("/healthz", context -> context.result("ok"));
            config.routes.get("/items/<name>", context -> context.result(context.pathParam("name")));
            config.routes.post("/echo", context -> context.result(context.bodyAsBytes()));
            config.routes.get("/broken", context -> { throw new IllegalStateException("/secret/path"); });
            config.routes.get("/endless", context -> {
                while (true) {
                    context.res().getOutputStream().write(new byte[1 << 20]);
                }
            });
            config.routes.get("/slow", context -> {
                entered.countDown();
                release.await();
            });
        });
        ServerDefaults.listen(javalin, listener);
    }

    @AfterEach void stop() {
        release.countDown();
        javalin.stop();
    }

    private CompletableFuture<HttpResponse<String>> ask(String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + javalin.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(body == null ? request.build()
                : request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test void whereNoThreadIsLeftOthersAreSentAwayAndHealthIsTold() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = ask("/slow", null);
        entered.await();
        assertThat(gate.handled()).isEqualTo(1);
        HttpResponse<String> refused = ask("/echo", new byte[10]).join();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("2");
        assertThat(refused.body()).contains("too many requests are being answered");
        assertThat(ask("/healthz", null).join().body()).isEqualTo("ok");
        release.countDown();
        assertThat(slow.join().statusCode()).isEqualTo(200);
    }

    @Test void whoReadsNothingLosesItsThreadAtTheDeadline() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", javalin.port())) {
            socket.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(
                    StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            assertThat(ask("/echo", new byte[1]).join().statusCode()).isEqualTo(503);
            long patience = System.nanoTime() + 20_000_000_000L;
            while (ask("/echo", new byte[1]).join().statusCode() == 503) {
                assertThat(System.nanoTime()).as("patience").isLessThan(patience);
                Thread.sleep(50);
            }
        }
    }

    @Test void aBodyComesWholeAndItsBytesAreLetGo() throws Exception {
        byte[] body = "z".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        assertThat(ask("/echo", body).join().body()).isEqualTo("z".repeat(1000));
        assertThat(ask("/echo", new byte[1001]).join().statusCode()).isEqualTo(413);
        assertThat(ask("/echo", new byte[0]).join().body()).isEmpty();
        long patience = System.nanoTime() + 5_000_000_000L;
        while (gate.bodyBytes() > 0 && System.nanoTime() < patience) {
            Thread.sleep(10);
        }
        assertThat(gate.bodyBytes()).isZero();
    }

    @Test void aRequestKeepsItsIdAndIsToldByItsRoute() throws Exception {
        HttpResponse<String> named = ask("/items/one", null, "X-Request-Id", "web-7f3a.1:2").join();
        assertThat(named.headers().firstValue("X-Request-Id")).contains("web-7f3a.1:2");
        for (String bad : List.of("with space", "x".repeat(65), "-dash", "a\"b")) {
            assertThat(ask("/items/two", null, "X-Request-Id", bad).join().headers().firstValue("X-Request-Id")
                    .orElseThrow()).as(bad).matches("[0-9a-f]{16}");
        }
        assertThat(ask("/nothing", null).join().statusCode()).isEqualTo(404);
        long patience = System.nanoTime() + 5_000_000_000L;
        while (ended.size() < 6 && System.nanoTime() < patience) {
            Thread.sleep(10);
        }
        assertThat(ended.get(0).visit().id()).isEqualTo("web-7f3a.1:2");
        assertThat(ended.get(0).visit().route()).isEqualTo("/items/<name>");
        assertThat(ended.get(5).visit().route()).as("no route").isEmpty();
        assertThat(ended).extracting(EndedRequest::status).containsExactly(200, 200, 200, 200, 200, 404);
    }

    @Test void aFaultOfTheServersIsLoggedAndNotTold() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (ServerLog log = ServerLog.to(told)) {
            HttpResponse<String> broken = ask("/broken", null).join();
            assertThat(broken.statusCode()).isEqualTo(500);
            assertThat(broken.body()).contains("internal_error").doesNotContain("secret", "IllegalState", "java");
        }
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("IllegalStateException: /secret/path");
    }
}
