package io.weft.app.serve;

import io.weft.app.http.ServerLog;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an operator finds in the log of a server, and what nobody may find there. */
class ServerLogTest {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ";
    @TempDir Path folder;
    private final ScriptedAnswerer answerer = new ScriptedAnswerer();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PrintStream out, err;
    private Path file;
    private WeftServer server;
    private HttpClientOfTests client;

    @BeforeEach void listenToTheStreams() {
        Language.use(Language.ENGLISH);
        out = System.out;
        err = System.err;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(System.out);
        file = folder.resolve("logs/serve.log");
    }

    @AfterEach void theProcessPrintsNothingByItself() {
        System.setOut(out);
        System.setErr(err);
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private void during(Steps steps) throws Exception {
        try (ServerLog log = ServerLog.to(file)) {
            server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0).withHost("127.0.0.1", "very-secret-key"),
                    answerer);
            client = new HttpClientOfTests(server.port());
            steps.take();
            server.close();
        }
    }

    private interface Steps {
        void take() throws Exception;
    }

    private List<String> lines() throws IOException { return Files.readAllLines(file); }

    /** A request's line is written after its answer has gone out, so whoever has the answer may be ahead of it. */
    private void awaitLines(int count) throws Exception {
        long patience = System.nanoTime() + 5_000_000_000L;
        while (lines().size() < count && System.nanoTime() < patience) {
            Thread.sleep(20);
        }
    }

    private String[] key() {
        return new String[] {"Authorization", "Bearer very-secret-key", "Content-Type", "application/json"};
    }

    @Test void everyRequestHasALineWithoutPromptAnswerAndKey() throws Exception {
        during(() -> {
            var asked = client.postAsync("/predict?note=my-query", "{\"prompt\": \"my-question\"}", key());
            Reply reply = answerer.reply(0);
            reply.give(new Reply.Part.Text("", "my-answer"));
            reply.give(new Reply.Part.Done(12, 34, "stop"));
            assertThat(asked.join().body()).contains("my-answer");
            awaitLines(2);
            client.get("/nothing/here%0Aforged", key());
            awaitLines(3);
            client.post("/predict", "{\"prompt\": \"my-question\"}", "Authorization", "Bearer a-wrong-key");
            awaitLines(4);
            var streamed = client.postAsync("/v1/chat/completions", "{\"stream\": true, \"messages\": [{\"role\": "
                    + "\"user\", \"content\": \"my-question\"}]}", key());
            answerer.reply(1).give(new Reply.Part.Text("", "my-answer"));
            answerer.reply(1).give(new Reply.Part.Done(5, 6, "stop"));
            streamed.join();
            awaitLines(5);
        });
        assertThat(lines()).hasSize(7);
        assertThat(lines().get(0)).matches(TIME + "INFO  weft.serve listening at http://127.0.0.1:\\d+/ for scripted");
        assertThat(lines().get(1)).matches(TIME
                + "INFO  weft.access POST /predict 200 \\d+ ms \\d+ bytes 12\\+34 tokens first \\d+ ms model "
                + "scripted key default from 127.0.0.1 id [0-9a-f]{16}");
        assertThat(lines().get(2)).matches(TIME
                + "INFO  weft.access GET /nothing/here%0Aforged 404 \\d+ ms \\d+ bytes key default from 127.0.0.1 id "
                + "[0-9a-f]{16}");
        assertThat(lines().get(3)).matches(TIME + "INFO  weft.access POST /predict 401 \\d+ ms \\d+ bytes from .*");
        assertThat(lines().get(4)).matches(TIME
                + "INFO  weft.access POST /v1/chat/completions 200 \\d+ ms \\d{3,} bytes 5\\+6 tokens first \\d+ ms "
                + "model scripted key default from 127.0.0.1 id [0-9a-f]{16}");
        assertThat(lines().get(5)).contains("weft.serve stopping: 0 answers on their way and 0 questions that wait");
        assertThat(lines().get(6)).contains("weft.serve stopped");
        assertThat(Files.readString(file)).doesNotContain("my-", "secret", "wrong-key");
    }

    @Test void anAnswerThatFailsLeavesItsStackInTheLogAndNotAtTheClient() throws Exception {
        during(() -> {
            var asked = client.postAsync("/predict", "{\"prompt\": \"my-question\"}", key());
            answerer.reply(0).give(new Reply.Part.Failed(new IllegalStateException("the model is broken")));
            assertThat(asked.join().status()).isEqualTo(500);
            assertThat(asked.join().body()).contains("its log has more").doesNotContain("broken");
            awaitLines(3);
        });
        assertThat(Files.readString(file)).contains("ERROR weft.serve an answer failed",
                "java.lang.IllegalStateException: the model is broken", "\tat io.weft.app.serve.ServerLogTest",
                "POST /predict 500").doesNotContain("my-");
    }

    @Test void whoLeavesAndWhoSendsNoHttpHasALineToo() throws Exception {
        during(() -> {
            try (Socket socket = client.socket("nonsense\r\n\r\n")) {
                socket.getInputStream().readAllBytes();
            }
            awaitLines(2);
            String body = "{\"prompt\": \"x\"}";
            Socket leaving = client.socket("POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + "very-secret-key\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
            answerer.reply(0);
            leaving.close();
            awaitLines(3);
        });
        assertThat(lines().get(1)).containsPattern("weft.access \\S+ \\S* ?400 ");
        assertThat(lines().get(2)).contains("weft.access POST /predict 499 ");
    }

    @Test void aLogThatHasGrownIsPutAside() throws Exception {
        try (ServerLog log = ServerLog.to(file, 2000)) {
            long patience = System.nanoTime() + 10_000_000_000L;
            while (!Files.exists(folder.resolve("logs/serve.log.1")) && System.nanoTime() < patience) {
                ServerLog.SERVER.info("{}", "x".repeat(500));
                Thread.sleep(60);   // its size is looked at once a second
            }
        }
        assertThat(folder.resolve("logs/serve.log.1")).exists();
        assertThat(folder.resolve("logs").toFile().list()).hasSizeBetween(2, 6);
    }

    @Test void theLogGoesOnBehindWhatTheFileHolds() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "yesterday\n");
        during(() -> { });
        assertThat(lines().get(0)).isEqualTo("yesterday");
        assertThat(lines()).hasSize(4);
    }

    @Test void itCanGoToAStreamAndEndsWithTheLog() {
        var stream = new ByteArrayOutputStream();
        try (ServerLog log = ServerLog.to(stream)) {
            ServerLog.SERVER.warn("look at me");
        }
        ServerLog.SERVER.warn("too late");
        assertThat(stream.toString(StandardCharsets.UTF_8)).matches(TIME + "WARN  weft.serve look at me\n");
    }

    @Test void aFileThatCannotBeWrittenIsNamed() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "");
        assertThatThrownBy(() -> ServerLog.to(taken.resolve("serve.log"))).isInstanceOf(UserError.class)
                .hasMessageContaining("taken/serve.log cannot be written").hasMessageContaining("--log -");
    }

    @Test void itsUsualPlaceIsNamedForThePort() {
        assertThat(ServerLog.usualFile(8000, Map.of("XDG_STATE_HOME", "/s"))).hasToString("/s/weft/serve-8000.log");
        assertThat(ServerLog.usualFile(8000, Map.of("WEFT_HOME", "/w", "XDG_STATE_HOME", "/s")))
                .hasToString("/w/serve-8000.log");
        assertThat(ServerLog.usualFile(0, Map.of()).toString()).contains(".local/state/weft/serve-pid");
    }
}
