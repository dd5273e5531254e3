package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.data.PromptStyle;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Clients that leave, queues that fill, answers that take too long, servers that are told to stop. An endless answer
 * takes the tiny model minutes, so nothing here waits for one.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BusyServerTest {
    private static final String ENDLESS =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"the cat\"}], \"temperature\": 0, \"max_tokens\": "
            + "100000";
    private static final String SHORT = "{\"prompt\": \"the cat\", \"temperature\": 0, \"max_tokens\": 3}";
    @TempDir Path folder;

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    private static ServeSettings settings(Duration deadline, Duration drain) {
        return new ServeSettings("127.0.0.1", 0, Optional.empty(), 100_000, 1 << 20, deadline, drain);
    }

    private ModelAnswerer tiny(int queue, int together) throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", queue, together, TinyModel.in(folder, PromptStyle.PLAIN));
        answerer.awaitReady();
        return answerer;
    }

    @Test void clientsThatLeaveFreeTheirPlaces() throws Exception {
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(5), Duration.ZERO), tiny(40, 2))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            for (int round = 0; round < 3; round++) {
                List<Socket> gone = new ArrayList<>();
                gone.add(client.socket("/v1/chat/completions", ENDLESS + (round == 0 ? "}" : ", \"stream\": true}")));
                if (round > 0) {
                    assertThat(gone.get(0).getInputStream().read()).isEqualTo('H'); // in the middle of its answer
                }
                for (int i = 0; i < 20; i++) { // behind it; some wait for a stream, some for the whole
                    gone.add(client.socket("/v1/chat/completions",
                    ENDLESS + (i % 3 == 0 ? "}" : ", \"stream\": true}")));
                }
                for (Socket socket : gone) {
                    socket.close();
                }
                Got got = client.post("/predict", SHORT);
                assertThat(got.status()).isEqualTo(200);
            }
        }
    }

    /** Reads to the first event; comments before it say that the question waits. */
    private static void awaitEvent(InputStream stream) throws IOException {
        for (int read = stream.read(); read != 'd'; read = stream.read()) {
            assertThat(read).as("the stream has not ended").isNotNegative();
            while (read != '\n') {
                read = stream.read();
            }
        }
    }

    @Test void aFullQueueSendsClientsAwayForAWhile() throws Exception {
        ModelAnswerer answerer = tiny(1, 1);
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(5), Duration.ZERO), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            try (InputStream answered = client.open("/v1/chat/completions", ENDLESS + ", \"stream\": true}")) {
                awaitEvent(answered);
                try (Socket waiting = client.socket("/v1/chat/completions", ENDLESS + "}")) {
                    // a request that came before it would be let in, and wait for the endless answer itself
                    while (answerer.waiting() == 0) {
                        Thread.sleep(5);
                    }
                    Got refused = client.post("/predict", SHORT);
                    assertThat(refused.status()).isEqualTo(429);
                    assertThat(refused.json().path("error").path("code").asText()).isEqualTo("queue_full");
                    assertThat(Integer.parseInt(refused.response().headers().firstValue("Retry-After").orElseThrow()))
                            .isBetween(1, 60);
                    assertThat(waiting.isClosed()).isFalse();
                }
            }
            while (client.post("/predict", SHORT).status() == 429) {
                Thread.sleep(20);
            }
        }
    }

    @Test void aDeadlineEndsAnAnswerWhereverItIs() throws Exception {
        try (WeftServer server = WeftServer.start(settings(Duration.ofSeconds(1), Duration.ZERO), tiny(4, 1))) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            InputStream streamed = client.open("/v1/chat/completions", ENDLESS + ", \"stream\": true}");
            CompletableFuture<Got> waiting = client.postAsync("/v1/chat/completions", ENDLESS + "}");
            String body = new String(streamed.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(waiting.join().status()).isEqualTo(504);
            assertThat(waiting.join().error()).contains("within 1 seconds");
            JsonNode last = HttpClientOfTests.parse(body.substring(body.lastIndexOf("data: ") + 6));
            assertThat(last.path("error").path("code").asText()).isEqualTo("deadline_exceeded");
            assertThat(client.post("/predict", SHORT).status()).isEqualTo(200);
        }
    }

    @Test void aModelThatIsBeingLoadedOrCannotBeIsNotReady() throws Exception {
        CountDownLatch load = new CountDownLatch(1);
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 4, 1, () -> {
            try {
                load.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return TinyModel.in(folder, PromptStyle.PLAIN).get();
        });
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ofSeconds(5)), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            assertThat(client.get("/healthz").status()).isEqualTo(200);
            assertThat(client.get("/readyz").status()).isEqualTo(503);
            assertThat(client.get("/readyz").json().path("status").asText()).isEqualTo("loading");
            Got early = client.post("/predict", SHORT);
            assertThat(early.status()).isEqualTo(503);
            assertThat(early.response().headers().firstValue("Retry-After")).isPresent();
            load.countDown();
            answerer.awaitReady();
            while (client.get("/readyz").status() != 200) {
                Thread.sleep(5);
            }
            assertThat(client.post("/predict", SHORT).status()).isEqualTo(200);
        }
        ModelAnswerer broken = ModelAnswerer.start("none", 4, 1,
                () -> { throw UserError.of("model.safetensors is cut off"); });
        assertThatThrownBy(broken::awaitReady).isInstanceOf(UserError.class).hasMessageContaining("cut off");
        assertThat(broken.state()).isEqualTo(Answerer.State.FAILED);
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ZERO), broken)) {
            assertThat(new HttpClientOfTests(server.port()).get("/readyz").json().path("status").asText())
                    .isEqualTo("failed");
        }
    }

    @Test void closingLetsAnswersBeFinishedAndCutsThemAtTheLast() throws Exception {
        WeftServer patient = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ofSeconds(100)), tiny(4, 1));
        HttpClientOfTests client = new HttpClientOfTests(patient.port());
        String whole = "{\"prompt\": \"the cat\", \"temperature\": 0, \"max_tokens\": 1500}";
        CompletableFuture<Got> answered = client.postAsync("/predict", whole),
                waiting = client.postAsync("/predict", whole);
        Thread.sleep(200); // for both to be in; were they not, they would be turned away and the test would fail
        Thread closing = new Thread(patient::close);
        closing.start();
        assertThat(answered.join().json().path("tokens_generated").asInt()).isEqualTo(1500);
        assertThat(waiting.join().json().path("tokens_generated").asInt()).isEqualTo(1500);
        closing.join();

        WeftServer hasty = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ofMillis(1000)), tiny(4, 1));
        HttpClientOfTests late = new HttpClientOfTests(hasty.port());
        try (InputStream stream = late.open("/v1/chat/completions", ENDLESS + ", \"stream\": true}")) {
            int first = stream.read();
            assertThat(first).as("of an event, or of a comment before it").isIn((int) 'd', (int) ':');
            Thread closer = new Thread(hasty::close);
            closer.start();
            Got turnedAway = late.post("/predict", SHORT);
            while (turnedAway.status() == 200) {
                turnedAway = late.post("/predict", SHORT);
            }
            assertThat(turnedAway.status()).isEqualTo(503);
            String rest = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest.substring(rest.lastIndexOf("data: "))).contains("\"error\"").contains("stopping");
            closer.join();
        }
    }

    @Test void sigtermLetsTheAnswerInFlightBeFinished() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), TinyModel.class.getName(),
                folder.toString(), "60000").redirectErrorStream(true).start();
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            while (line != null && !line.startsWith("port ")) {
                line = output.readLine();
            }
            assertThat(line).as("the server starts").isNotNull();
            HttpClientOfTests client = new HttpClientOfTests(Integer.parseInt(line.substring(5)));
            try (InputStream stream = client.open("/v1/chat/completions",
                    ENDLESS.replace("100000", "300") + ", \"stream\": true}")) {
                int first = stream.read();
            assertThat(first).as("of an event, or of a comment before it").isIn((int) 'd', (int) ':');
                process.toHandle().destroy();
                List<JsonNode> events = HttpClientOfTests.events((char) first
                        + new String(stream.readAllBytes(), StandardCharsets.UTF_8));
                assertThat(events.get(events.size() - 1).path("choices").path(0).path("finish_reason").asText())
                        .isEqualTo("length");
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test void aSecondSignalEndsTheProcessAtOnce() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), TinyModel.class.getName(),
                folder.toString(), "60000").redirectErrorStream(true).start();
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            while (line != null && !line.startsWith("port ")) {
                line = output.readLine();
            }
            HttpClientOfTests client = new HttpClientOfTests(Integer.parseInt(line.substring(5)));
            try (InputStream stream = client.open("/v1/chat/completions", ENDLESS + ", \"stream\": true}")) {
                awaitEvent(stream);
                process.toHandle().destroy();
                while (client.get("/readyz").status() == 200) {
                    Thread.sleep(10);
                }
                assertThat(process.isAlive()).as("an answer is on its way").isTrue();
                process.toHandle().destroy();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(130);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test void aFailureInTheMiddleOfAnAnswerIsToldAndNothingMore() throws Exception {
        ScriptedAnswerer answerer = new ScriptedAnswerer();
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ZERO), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            CompletableFuture<Got> whole = client.postAsync("/predict", SHORT);
            answerer.reply(0).give(new Reply.Part.Failed(new IllegalStateException("secret detail")));
            assertThat(whole.join().status()).isEqualTo(500);
            assertThat(whole.join().body()).contains("server_error").doesNotContain("secret")
                    .doesNotContain("IllegalState");
            CompletableFuture<Got> stream = client.postAsync("/v1/chat/completions", ENDLESS + ", \"stream\": true}");
            answerer.reply(1).give(new Reply.Part.Text("", "so far"));
            answerer.reply(1).give(new Reply.Part.Failed(new IllegalStateException("secret detail")));
            assertThat(stream.join().body()).contains("so far").contains("server_error").doesNotContain("secret");
        }
    }

    @Test void aRequestSentEarlyOnTheSameConnectionIsNotTakenForALeavingClient() throws IOException,
            InterruptedException {
        ScriptedAnswerer answerer = new ScriptedAnswerer();
        try (WeftServer server = WeftServer.start(settings(Duration.ofMinutes(1), Duration.ZERO), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            try (Socket socket = client.socket("/predict", SHORT)) {
                Reply reply = answerer.reply(0);
                socket.getOutputStream()
                        .write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(300);
                assertThat(reply.isWanted()).isTrue();
                reply.give(new Reply.Part.Text("", "patience"));
                reply.give(new Reply.Part.Done(1, 1, "stop"));
                String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(all).startsWith("HTTP/1.1 200").contains("Connection: close").contains("patience");
            }
        }
    }
}
