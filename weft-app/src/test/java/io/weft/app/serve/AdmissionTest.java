package io.weft.app.serve;

import io.weft.app.http.Admission;
import io.weft.app.http.SelfSigned;
import io.weft.app.http.ServerLog;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who may come in: by key, by page, by name, in TLS. */
@Timeout(60)
class AdmissionTest {
    private static final String ASK = "{\"prompt\": \"x\"}";
    @TempDir Path folder;
    private final ScriptedAnswerer answerer = new ScriptedAnswerer();

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    private WeftServer start(Admission admission, Optional<String> key) {
        ServeSettings usual = ServeSettings.DEFAULTS.withPort(0);
        return WeftServer.start(new ServeSettings(usual.host(), 0, key, usual.limits(), admission), answerer);
    }

    private Admission keys(String... lines) throws IOException {
        return new Admission(Optional.of(Files.write(folder.resolve("keys"), List.of(lines))), List.of(), List.of(),
                Optional.empty(), Optional.empty(), false);
    }

    private static Admission origins(List<String> origins, List<String> hosts) {
        return new Admission(Optional.empty(), origins, hosts, Optional.empty(), Optional.empty(), false);
    }

    private static String[] bearer(String key) {
        return new String[] {"Authorization", "Bearer " + key, "Content-Type", "application/json"};
    }

    @Test void everyRouteButHealthAndThePageNeedsAKeyWhereThereAreKeys() {
        try (WeftServer server = start(Admission.PLAIN, Optional.of("open-sesame"))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            assertThat(server.routes()).contains("GET /healthz", "POST /predict", "GET /metrics", "GET /");
            Set<String> open = ChatPage.pathsAnd(Set.of("/healthz", "/readyz"));
            for (String route : server.routes()) {
                String method = route.split(" ")[0], path = route.split(" ")[1].replaceAll("<[^>]*>", "x");
                int status = open.contains(path) ? 200 : 401;
                assertThat(client.send(method, path).status()).as(route).isEqualTo(status);
                // written in another way it is no open address, even where it means one
                assertThat(client.send(method, path + "?key=open-sesame").status()).as(route).isEqualTo(status);
            }
            for (String path : List.of("/v1/models/../../healthz", "/healthz;/v1/models", "/healthz/", "//healthz",
                    "/%68ealthz", "/v1/models/%2e%2e/%2e%2e/healthz", "/nothing")) {
                assertThat(client.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")).as(path)
                        .matches("(?s)HTTP/1.1 (400|401) .*").doesNotContain("scripted");
            }
        }
    }

    @Test void namedKeysOpenWhatTheirScopesSayAndAreBoundedByTheMinute() throws Exception {
        try (WeftServer server = start(keys("alice: alices-own-key requests=2/min tokens=50/min",
                "ops: figures-only admin", "bob: bobs-own-key"), Optional.of("the-default-one"))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            for (String path : List.of("/metrics", "/metrics/", "/%6detrics", "/metrics;x=1")) {
                assertThat(client.get(path, bearer("alices-own-key")).status()).as(path).isIn(400, 403);
            }
            assertThat(client.get("/metrics", bearer("figures-only")).status()).isEqualTo(200);
            assertThat(client.get("/metrics", bearer("the-default-one")).status()).isEqualTo(200);
            assertThat(client.get("/v1/models", bearer("figures-only")).error()).contains("scope infer");
            assertThat(client.get("/v1/models", bearer("alices-own-key")).response().headers().map())
                    .as("a list takes nothing").doesNotContainKey("x-ratelimit-limit-requests");

            CompletableFuture<Got> asked = client.postAsync("/predict", ASK, bearer("alices-own-key"));
            answerer.reply(0).give(new Reply.Part.Done(30, 40, "stop"));
            assertThat(asked.join().status()).isEqualTo(200);
            assertThat(asked.join().response().headers().firstValue("x-ratelimit-remaining-requests")).contains("1");
            assertThat(asked.join().response().headers().firstValue("x-ratelimit-limit-tokens")).contains("50");
            Got debt = client.post("/predict", ASK, bearer("alices-own-key"));
            assertThat(debt.status()).isEqualTo(429);
            assertThat(debt.error()).contains("50 tokens a minute");
            assertThat(debt.json().at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(Integer.parseInt(debt.response().headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(20, 27);
            assertThat(answerer.questions).as("the question never came to the model").hasSize(1);
            CompletableFuture<Got> other = client.postAsync("/predict", ASK, bearer("bobs-own-key"));
            answerer.reply(1).give(new Reply.Part.Done(1, 1, "stop"));
            assertThat(other.join().status()).isEqualTo(200);
        }
    }

    @Test void aFileOfKeysIsReadAnewWhenItChangesAndKeptWhenItIsBroken() throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (ServerLog log = ServerLog.to(told);
                WeftServer server = start(keys("alice: alices-own-key"), Optional.empty())) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            assertThat(client.get("/v1/models", bearer("alices-own-key")).status()).isEqualTo(200);
            keys("alice: alices-next-key");
            until(() -> client.get("/v1/models", bearer("alices-next-key")).status() == 200);
            assertThat(client.get("/v1/models", bearer("alices-own-key")).status()).isEqualTo(401);
            keys("a line of nonsense");
            until(() -> told.toString(StandardCharsets.UTF_8).contains("the keys stay as they were"));
            assertThat(client.get("/v1/models", bearer("alices-next-key")).status()).isEqualTo(200);
            assertThat(told.toString(StandardCharsets.UTF_8)).doesNotContain("own-key", "next-key", "nonsense");
        }
    }

    @Test void pagesOfNamedOriginsMayAskAndOthersMayNot() {
        try (WeftServer server = start(origins(List.of("https://chat.example.com"), List.of()),
                Optional.of("open-sesame"))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            String preflight = "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost:" + server.port()
                    + "\r\nOrigin: %s\r\n"
                    + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,"
                    + "content-type,x-stainless-os\r\n\r\n";
            assertThat(client.raw(preflight.formatted("https://chat.example.com"))).startsWith("HTTP/1.1 204")
                    .contains("Access-Control-Allow-Origin: https://chat.example.com", "x-stainless-os",
                    "Access-Control-Allow-Methods: GET, POST");
            for (String other : List.of("https://evil.example.com", "https://chat.example.com.evil.org", "null",
                    "http://chat.example.com", "https://chat.example.com:8443")) {
                assertThat(client.raw(preflight.formatted(other))).as(other).startsWith("HTTP/1.1 403")
                        .doesNotContain("Access-Control-Allow");
                assertThat(client.get("/v1/models", "Origin", other, "Authorization", "Bearer open-sesame").status())
                        .as(other).isEqualTo(403);
            }
            Got got = client.get("/v1/models", "Origin", "https://chat.example.com", "Authorization",
                    "Bearer open-sesame");
            assertThat(got.response().headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://chat.example.com");
            assertThat(client.get("/v1/models", "Origin", "https://chat.example.com").status())
                    .as("an origin is no key").isEqualTo(401);
            assertThat(client.get("/v1/models", "Origin", "http://127.0.0.1:" + server.port(), "Authorization",
                    "Bearer open-sesame").status()).as("the server's own page").isEqualTo(200);
        }
    }

    @Test void theNamesThatAreAllowedAreTheOnesThatAreAnswered() {
        try (WeftServer server = start(origins(List.of(), List.of("Weft.Example.com")), Optional.empty())) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            for (String host : List.of("weft.example.com", "WEFT.example.com:443", "localhost", "127.0.0.1:1")) {
                assertThat(client.raw("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).as(host)
                        .startsWith("HTTP/1.1 200");
            }
            assertThat(client.raw("GET /v1/models HTTP/1.1\r\nHost: evil.example.com\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
            assertThat(client.raw("GET /healthz HTTP/1.1\r\nHost: 10.0.0.7\r\n\r\n")).as("a probe knows no name")
                    .startsWith("HTTP/1.1 200");
            assertThat(client.raw("GET /v1/models HTTP/1.1\r\nHost: weft.example.com\r\nOrigin: "
                    + "https://weft.example.com\r\n\r\n")).as("behind a proxy that speaks TLS")
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test void inTlsAnswersComeAndACertificateThatIsReplacedIsUsed() throws Exception {
        SelfSigned first = SelfSigned.make("EC");
        Path certificate = first.certificate(folder.resolve("cert.pem")), key = first.key(folder.resolve("key.pem"));
        Admission admission = new Admission(Optional.empty(), List.of(), List.of(), Optional.of(certificate),
                Optional.of(key), false);
        try (WeftServer server = start(admission, Optional.empty())) {
            assertThat(server.address()).startsWith("https://127.0.0.1:");
            HttpClient trusting = trusting(first);
            HttpRequest ask = HttpRequest.newBuilder(URI.create(server.address() + "predict"))
                    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(ASK)).build();
            var asked = trusting.sendAsync(ask, HttpResponse.BodyHandlers.ofString());
            Reply reply = answerer.reply(0);
            Thread.sleep(120); // for the server to look whether the client still waits
            assertThat(reply.isWanted()).isTrue();
            reply.give(new Reply.Part.Text("", "in secret"));
            reply.give(new Reply.Part.Done(1, 1, "stop"));
            assertThat(asked.join().body()).contains("in secret");

            var left = trusting.sendAsync(ask, HttpResponse.BodyHandlers.ofString());
            Reply unwanted = answerer.reply(1);
            left.cancel(true);
            until(() -> !unwanted.isWanted());
            try (Socket plain = new Socket("127.0.0.1", server.port())) {
                plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(
                        StandardCharsets.US_ASCII));
                assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("etty", "Exception", "<html");
            }

            SelfSigned second = SelfSigned.make("EC");
            second.key(key);
            second.certificate(certificate);
            HttpRequest health = HttpRequest.newBuilder(URI.create(server.address() + "healthz")).build();
            until(() -> {
                try {
                    return trusting(second).send(health, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test void everySettingThatCannotBeIsToldAtOnce() throws IOException {
        Admission wrong = new Admission(Optional.of(folder.resolve("no-keys")), List.of("*", "https://x.org/path",
                "x.org"), List.of("http://x.org", "ok.org"), Optional.of(folder.resolve("none.pem")), Optional.empty(),
                false);
        assertThatThrownBy(() -> new ServeSettings("0.0.0.0", 70_000, Optional.of("short"), new ServeSettings.Limits(0,
                1, Duration.ZERO, Duration.ofDays(1), 0, 0), wrong)).isInstanceOf(UserError.class)
                .satisfies(e -> assertThat(e.getMessage()).contains("--port is 70000", "the API key must have 8",
                "--max-tokens is 0", "--max-body is 1;", "--deadline is 0", "--drain is 86400", "--queue is 0",
                "--together is 0", "origin '*' would let every page", "origin 'https://x.org/path'", "origin 'x.org'",
                "host 'http://x.org'", "give both --tls-cert and --tls-key", "no-keys cannot be read")
                .doesNotContain("ok.org"));
    }

    private static HttpClient trusting(SelfSigned certificate) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("it", CertificateFactory.getInstance("X.509").generateCertificate(
                    new ByteArrayInputStream(certificate.certificate())));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long patience = System.nanoTime() + 10_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(patience);
            Thread.sleep(50);
        }
    }
}
