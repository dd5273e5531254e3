package io.weft.app.serve;

import io.weft.app.http.ServerLog;
import io.weft.problem.Language;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that send or read slowly, or that leave while they send. The full numbers are bench/server_stress.py's. */
@Timeout(60)
class SlowClientsTest {
    private static final String ONE_BYTE = "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    private final ScriptedAnswerer answerer = new ScriptedAnswerer();

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    private WeftServer start(Duration deadline) {
        return WeftServer.start(new ServeSettings("127.0.0.1", 0, Optional.empty(), 100, 1 << 20, deadline,
                Duration.ZERO), answerer);
    }

    private static long requestThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive)
                .filter(thread -> thread.getName().startsWith("weft-request-")).count();
    }

    @Test void bodiesThatComeSlowlyTakeNoThreadAndAreAnsweredWhenTheyAreThere() throws Exception {
        try (WeftServer server = start(Duration.ofMinutes(1))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            List<Socket> slow = new ArrayList<>();
            long others = requestThreads(); // of servers that ended a moment ago
            for (int i = 0; i < 50; i++) {
                slow.add(client.socket(ONE_BYTE));
            }
            client.get("/healthz");
            long before = System.nanoTime();
            assertThat(client.get("/healthz").status()).isEqualTo(200);
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before)).isLessThan(5);
            assertThat(requestThreads()).as("threads of 50 bodies").isLessThanOrEqualTo(others);
            var asked = client.postAsync("/predict", "{\"prompt\": \"x\"}");
            answerer.reply(0).give(new Reply.Part.Done(1, 1, "stop"));
            assertThat(asked.join().status()).isEqualTo(200);

            String rest = "\"prompt\": \"slow\"}";
            slow.get(0).getOutputStream().write((rest + " ".repeat(999 - rest.length())).getBytes(
                    StandardCharsets.US_ASCII));
            answerer.reply(1).give(new Reply.Part.Text("", "at last"));
            answerer.reply(1).give(new Reply.Part.Done(1, 1, "stop"));
            slow.get(0).setSoTimeout(20_000);
            assertThat(new String(slow.get(0).getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test void aBodyThatDoesNotArriveIsRefusedAndTheNextRequestServed() throws Exception {
        try (WeftServer server = start(Duration.ofSeconds(1))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            try (Socket slow = client.socket(ONE_BYTE)) {
                slow.setSoTimeout(20_000);
                String got = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(got).startsWith("HTTP/1.1 408").contains("body_too_slow", "within 1 seconds",
                        "Connection: close");
            }
            assertThat(client.get("/v1/models").status()).isEqualTo(200);
        }
    }

    @Test void whoLeavesWhileSendingHasOneLineAndNoStack() throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (ServerLog log = ServerLog.to(told); WeftServer server = start(Duration.ofMinutes(1))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            client.socket(ONE_BYTE).close();
            Socket reset = client.socket(ONE_BYTE.replace("Content-Length: 1000", "Transfer-Encoding: chunked"));
            reset.setSoLinger(true, 0);
            reset.close();
            long patience = System.nanoTime() + 10_000_000_000L;
            while (text(told).lines().count() < 3 && System.nanoTime() < patience) {
                Thread.sleep(20);
            }
            assertThat(client.get("/healthz").status()).isEqualTo(200);
        }
        assertThat(text(told).lines().filter(line -> line.contains("POST /predict"))).hasSize(2)
                .allSatisfy(line -> assertThat(line).containsPattern("POST /predict (499|400) "));
        assertThat(text(told)).doesNotContain("Exception", "\tat ", "ERROR");
    }

    private static String text(ByteArrayOutputStream told) { return told.toString(StandardCharsets.UTF_8); }
}
