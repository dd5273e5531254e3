package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.data.PromptStyle;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a client gets, good and bad, from a server with a whole model behind it. */
class WeftServerTest {
    private static final String GREEDY = "\"temperature\": 0, \"max_tokens\": 12";
    private static final String CHAT = "{\"messages\": [{\"role\": \"user\", \"content\": \"the cat reads\"}], "
            + GREEDY;
    @TempDir static Path folder;
    private static WeftServer server;
    private static HttpClientOfTests client;

    @BeforeAll static void start() throws InterruptedException {
        Language.use(Language.ENGLISH);
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 32, 4, TinyModel.in(folder, PromptStyle.TEMPLATE));
        answerer.awaitReady();
        server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer);
        client = new HttpClientOfTests(server.port());
    }

    @AfterAll static void stop() { server.close(); }

    @Test void predictAnswersWithTheTutorialsFields() {
        Got got = client.post("/predict", "{\"prompt\": \"the cat reads\", " + GREEDY + "}");
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.json().properties().stream().map(java.util.Map.Entry::getKey))
                .containsExactly("status", "response", "tokens_generated");
        assertThat(got.json().path("status").asText()).isEqualTo("success");
        assertThat(got.json().path("tokens_generated").asInt()).isEqualTo(12);
        String response = got.json().path("response").asText();
        assertThat(response).isNotEmpty().doesNotContain("the cat reads");

        assertThat(client.post("/predict", "{\"prompt\": \"the cat reads\", \"echo\": true, " + GREEDY + "}").json()
                .path("response").asText()).isEqualTo("the cat reads" + response);
        assertThat(client.post("/predict", "{\"prompt\": \"the cat reads\", \"raw\": true, " + GREEDY + "}").json()
                .path("response").asText())
                .as("without the template the model reads something else").isNotEqualTo(response);
        String rendered = "<|im_start|>user\\nthe cat reads<|im_end|>\\n<|im_start|>assistant\\n";
        assertThat(client.post("/predict", "{\"prompt\": \"" + rendered + "\", \"raw\": true, " + GREEDY + "}").json()
                .path("response").asText())
                .as("the template's text sent raw is the same prompt").isEqualTo(response);
        assertThat(client.post("/predict", "{\"prompt\": \"the cat reads\"}").json().path("tokens_generated").asInt())
                .as("the default length").isEqualTo(256);
    }

    @Test void chatGivesTheSameAnswerWholeOrStreamed() {
        Got whole = client.post("/v1/chat/completions", CHAT + "}");
        assertThat(whole.status()).isEqualTo(200);
        JsonNode json = whole.json(), choice = json.path("choices").path(0);
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("model").asText()).isEqualTo("tiny");
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(json.path("usage").path("completion_tokens").asInt()).isEqualTo(12);
        assertThat(json.path("usage").path("total_tokens").asInt())
                .isEqualTo(12 + json.path("usage").path("prompt_tokens").asInt());
        String text = choice.path("message").path("content").asText();
        assertThat(client.post("/predict", "{\"prompt\": \"the cat reads\", " + GREEDY + "}").json().path("response")
                .asText()).isEqualTo(text);

        Got stream = client.post("/v1/chat/completions",
                CHAT + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}}");
        assertThat(stream.response().headers().firstValue("Content-Type").orElseThrow())
                .isEqualTo("text/event-stream; charset=utf-8");
        List<JsonNode> events = HttpClientOfTests.events(stream.body());
        assertThat(events.get(0).path("choices").path(0).path("delta").path("role").asText()).isEqualTo("assistant");
        assertThat(events.stream().map(event -> event.path("choices").path(0).path("delta").path("content").asText(""))
                .collect(Collectors.joining())).isEqualTo(text);
        assertThat(events.stream().map(event -> event.path("id").asText()).distinct()).hasSize(1);
        assertThat(events.stream().map(event -> event.path("object").asText()).distinct())
                .containsExactly("chat.completion.chunk");
        assertThat(events.get(events.size() - 2).path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("length");
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("choices").isEmpty()).isTrue();
        assertThat(last.path("usage")).isEqualTo(json.path("usage"));
        assertThat(events.size()).as("piece by piece").isGreaterThan(6);

        List<JsonNode> bare = HttpClientOfTests.events(client.post("/v1/chat/completions", CHAT + ", \"stream\": true}")
                .body());
        assertThat(bare).noneMatch(event -> event.has("usage"));
    }

    @Test void whatTheTemplateDoesNotKnowOfThinkingIsRefusedByName() {
        Got got = client.post("/v1/chat/completions",
                CHAT + ", \"chat_template_kwargs\": {\"enable_thinking\": true}}");
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().at("/error/param").asText()).isEqualTo("chat_template_kwargs.enable_thinking");
        assertThat(got.error()).contains("knows no such setting");
        for (String name : List.of("tools", "messages", "unheard_of")) {
            assertThat(client.post("/v1/chat/completions", CHAT + ", \"chat_template_kwargs\": {\"" + name
                    + "\": \"x\"}}").json().at("/error/param").asText()).isEqualTo("chat_template_kwargs." + name);
        }
        String asIs = client.post("/v1/chat/completions", CHAT + "}").json().at("/choices/0/message").toString();
        assertThat(client.post("/v1/chat/completions",
                CHAT + ", \"chat_template_kwargs\": {\"enable_thinking\": null}}").json().at("/choices/0/message")
                .toString()).isEqualTo(asIs);
    }

    @Test void reasoningOfEarlierAnswersIsTakenAndElsewhereRefused() {
        String begin = "{\"messages\": [{\"role\": \"user\", \"content\": \"the cat\", \"reasoning_content\": %s}, "
                + "{\"role\": \"assistant\", \"content\": \"reads\", \"reasoning_content\": %s}, "
                + "{\"role\": \"user\", \"content\": \"more\"}], " + GREEDY + "}";
        for (String none : List.of("null", "\"\"")) {
            assertThat(client.post("/v1/chat/completions", begin.formatted(none, none)).status()).isEqualTo(200);
        }
        assertThat(client.post("/v1/chat/completions", begin.formatted("null", "\"a book\"")).status()).isEqualTo(200);
        Got got = client.post("/v1/chat/completions", begin.formatted("\"a book\"", "null"));
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().at("/error/param").asText()).isEqualTo("messages[0].reasoning_content");
    }

    @Test void aStopTextEndsTheAnswerAndIsNoPartOfIt() {
        String text = client.post("/v1/chat/completions", CHAT + "}").json().path("choices").path(0).path("message")
                .path("content").asText();
        String stop = text.substring(text.length() / 2, text.length() / 2 + 2);
        JsonNode json = client.post("/v1/chat/completions",
                CHAT + ", \"stop\": [" + new com.fasterxml.jackson.databind.node.TextNode(stop) + ", \"never there\"]}")
                .json();
        assertThat(json.path("choices").path(0).path("message").path("content").asText())
                .isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(json.path("choices").path(0).path("finish_reason").asText()).isEqualTo("stop");
        assertThat(json.path("usage").path("completion_tokens").asInt()).isLessThan(12);
    }

    @Test void aSeedRepeatsAnAnswerAndNoSeedMakesANewOne() {
        String warm = CHAT.replace(GREEDY, "\"temperature\": 1.5, \"top_p\": 1, \"max_completion_tokens\": 20");
        String first = answer(client.post("/v1/chat/completions", warm + ", \"seed\": -7}"));
        assertThat(answer(client.post("/v1/chat/completions", warm + ", \"seed\": -7}"))).isEqualTo(first);
        assertThat(answer(client.post("/v1/chat/completions", warm + ", \"seed\": 8}"))).isNotEqualTo(first);
        assertThat(answer(client.post("/v1/chat/completions", warm + "}")))
                .isNotEqualTo(answer(client.post("/v1/chat/completions", warm + "}")));
    }

    @Test void manyAtOnceGetTheAnswersThatTheyGetAlone() {
        List<String> prompts = List.of("the cat reads", "a small model", "这只猫", "the teacher writes a letter?", "x",
                "小模型 训练");
        List<String> alone = prompts.stream()
                .map(prompt -> client.post("/predict", "{\"prompt\": \"" + prompt + "\", " + GREEDY + "}").body())
                .toList();
        List<CompletableFuture<Got>> together = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            together.add(client.postAsync("/predict", "{\"prompt\": \"" + prompts.get(i % prompts.size()) + "\", "
                    + GREEDY + "}"));
        }
        for (int i = 0; i < 12; i++) {
            assertThat(together.get(i).join().body()).isEqualTo(alone.get(i % prompts.size()));
        }
    }

    @Test void contentInPartsAndTheDevelopersRoleAreWhatTheyMean() {
        String plain =
                "{\"messages\": [{\"role\": \"system\", \"content\": \"be kind\"}, {\"role\": \"user\", \"content\": "
                + "\"the cat\"}], " + GREEDY + "}";
        String parts =
                "{\"model\": \"any\", \"messages\": [{\"role\": \"developer\", \"content\": \"be kind\"}, {\"role\": "
                + "\"user\", \"content\": [{\"type\": \"text\", \"text\": \"the \"}, "
                + "{\"type\": \"text\", \"text\": \"cat\"}]}], \"n\": 1, \"presence_penalty\": 0, \"user\": \"u\", "
                + "\"response_format\": {\"type\": \"text\"}, \"stop\": null, " + GREEDY + "}";
        assertThat(answer(client.post("/v1/chat/completions", parts)))
                .isEqualTo(answer(client.post("/v1/chat/completions", plain)));
    }

    @Test void textThatLooksLikeASpecialTokenIsOrdinaryTextInAMessage() {
        int ordinary = client.post("/v1/chat/completions", CHAT.replace("the cat reads", "ab") + "}").json()
                .path("usage").path("prompt_tokens").asInt();
        int special = client.post("/v1/chat/completions", CHAT.replace("the cat reads", "<|im_end|>") + "}").json()
                .path("usage").path("prompt_tokens").asInt();
        assertThat(special).isGreaterThan(ordinary + 4);
    }

    @Test void everyMistakeIsToldInOpenAisShape() {
        String predict = "/predict", chat = "/v1/chat/completions",
                ask = "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]";
        // path, body, status, parameter, part of the message
        List<String[]> cases = List.of(
                new String[] {predict, "", "400", null, "not a JSON object"},
                new String[] {predict, "[1]", "400", null, "not a JSON object"},
                new String[] {predict, "{\"prompt\": \"x\"", "400", null, "line 1, column 15"},
                new String[] {predict, "{\"prompt\": \"x\"} {}", "400", null, "not valid JSON"},
                new String[] {predict, "{\"prompt\": \"x\", \"prompt\": \"y\"}", "400", null, "stands twice"},
                new String[] {predict, "[".repeat(5000), "400", null, "not valid JSON"},
                new String[] {predict, "{}", "400", "prompt", "'prompt' is missing"},
                new String[] {predict, "{\"prompt\": 5}", "400", "prompt", "'prompt' is 5; expected a text"},
                new String[] {predict, "{\"prompt\": \" \"}", "400", "prompt", "empty"},
                new String[] {predict, "{\"prompt\": \"x\", \"max_tokens\": 0}", "400", "max_tokens",
                "expected a whole number from 1 up"},
                new String[] {predict, "{\"prompt\": \"x\", \"max_tokens\": 1e99}", "400", "max_tokens", "whole"},
                new String[] {predict, "{\"prompt\": \"x\", \"max_tokens\": \"5\"}", "400", "max_tokens", "whole"},
                new String[] {predict, "{\"prompt\": \"x\", \"temperature\": 2.1}", "400", "temperature",
                "a number from 0.0 to 2.0"}, new String[] {predict, "{\"prompt\": \"x\", \"temperature\": -1}", "400",
                "temperature", "-1"},
                new String[] {predict, "{\"prompt\": \"x\", \"temperature\": NaN}", "400", null, "not valid JSON"},
                new String[] {predict, "{\"prompt\": \"x\", \"top_p\": -0.1}", "400", "top_p", "top_p"},
                new String[] {predict, "{\"prompt\": \"x\", \"echo\": 1}", "400", "echo", "true or false"},
                new String[] {predict, "{\"prompt\": \"x\", \"seed\": 1.5}", "400", "seed", "whole number"},
                new String[] {chat, "{}", "400", "messages", "'messages' is missing"},
                new String[] {chat, "{\"messages\": []}", "400", "messages", "1 to 1000"},
                new String[] {chat, "{\"messages\": [3]}", "400", "messages[0]", "role and content"},
                new String[] {chat, "{\"messages\": [{\"role\": \"boss\", \"content\": \"x\"}]}", "400",
                "messages[0].role", "assistant"}, new String[] {chat, "{\"messages\": [{\"role\": \"user\"}]}", "400",
                "messages[0].content", "missing"},
                new String[] {chat, "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}",
                "400", "messages[0].content[0]", "nothing but text"},
                new String[] {chat, "{" + ask + ", \"stream\": \"yes\"}", "400", "stream",
                "true or false"},
                new String[] {chat, "{" + ask + ", \"stream_options\": {\"include_usage\": true}}", "400",
                "stream_options", "together with"},
                new String[] {chat, "{" + ask + ", \"stop\": [" + "\"a\",".repeat(16) + "\"b\"]}", "400", "stop",
                "at most 16"},
                new String[] {chat, "{" + ask + ", \"stop\": [\"\"]}", "400", "stop", "1 to 200"},
                new String[] {chat, "{" + ask + ", \"model\": 7}", "400", "model", "a text"},
                new String[] {chat, "{" + ask + ", \"max_completion_tokens\": true}", "400", "max_completion_tokens",
                "whole"}, new String[] {predict, "{\"prompt\": \"" + "x".repeat(1 << 20) + "\"}", "413", null,
                "larger than 1,048,576"},
                new String[] {predict, "{\"prompt\": \"" + "x".repeat(300_000) + "\", \"raw\": true}", "400", null,
                "the model's context is 200,000"});
        for (String[] c : cases) {
            Got got = client.post(c[0], c[1]);
            String about = c[0] + " " + c[1].substring(0, Math.min(100, c[1].length()));
            assertThat(got.status()).as(about).isEqualTo(Integer.parseInt(c[2]));
            assertThat(got.json().path("error").path("type").asText()).as(about).isEqualTo("invalid_request_error");
            assertThat(got.json().path("error").path("param").textValue()).as(about).isEqualTo(c[3]);
            assertThat(got.error()).as(about).contains(c[4]).doesNotContain("Exception").doesNotContain("\tat ");
            assertThat(got.json().path("error").has("code")).as(about).isTrue();
        }
        assertThat(client.post(predict, "prompt=x", "Content-Type", "application/x-www-form-urlencoded").status())
                .isEqualTo(415);
        assertThat(client.post(predict, "{\"prompt\": \"x\"}", "Content-Type", "text/plain").error())
                .contains("application/json");
        assertThat(client.get("/nothing").status()).isEqualTo(404);
        assertThat(client.get("/nothing").error()).contains("nothing at this address");
        assertThat(client.get("/predict").status()).isEqualTo(405);
        assertThat(client.get("/predict").error()).contains("does not take GET");
        assertThat(client.post("/", "{}").status()).isEqualTo(405);
    }

    @Test void aBodyThatIsNotUtf8OrLargerThanItSaysIsRefused() throws IOException {
        try (Socket socket = client.socket("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + "application/json\r\nContent-Length: 14\r\n\r\n{\"prompt\": \"")) {
            socket.getOutputStream().write(new byte[] {(byte) 0xff, '"'});
            assertThat(read(socket)).startsWith("HTTP/1.1 400").contains("not UTF-8");
        }
        try (Socket socket = client.socket("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + "application/json\r\nTransfer-Encoding: chunked\r\n\r\n")) {
            String chunk = "10000\r\n" + " ".repeat(65536) + "\r\n";
            for (int i = 0; i < 17; i++) {
                socket.getOutputStream().write(chunk.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(read(socket)).startsWith("HTTP/1.1 413").contains("Connection: close").contains("larger than");
        }
        try (Socket socket = client.socket("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n")) {
            assertThat(read(socket)).startsWith("HTTP/1.1 505").doesNotContain("<html").doesNotContain("etty");
        }
        try (Socket socket = client.socket("GET / HTTP/1.1\r\nHost: localhost\r\nBig: " + "x".repeat(20_000)
                + "\r\n\r\n")) {
            assertThat(read(socket)).startsWith("HTTP/1.1 431").contains("invalid_request_error")
                    .doesNotContain("<html").doesNotContain("etty");
        }
    }

    @Test void modelsHealthAndReadinessAreTold() {
        assertThat(client.get("/v1/models").json().path("data").path(0).path("id").asText()).isEqualTo("tiny");
        assertThat(client.get("/v1/models/tiny").json().path("object").asText()).isEqualTo("model");
        assertThat(client.get("/v1/models/other").status()).isEqualTo(404);
        assertThat(client.get("/healthz").status()).isEqualTo(200);
        assertThat(client.get("/readyz").json().path("status").asText()).isEqualTo("ready");
    }

    @Test void anotherHostsNameIsTurnedAway() throws IOException {
        for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                "evil.example:80", "")) {
            try (Socket socket = client.socket("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
                assertThat(read(socket)).as(host).matches("(?s)HTTP/1.1 40[03].*").doesNotContain("tiny");
            }
        }
        for (String host : List.of("localhost", "LOCALHOST:" + server.port(), "127.0.0.1:1", "[::1]:8000")) {
            try (Socket socket = client.socket("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
                assertThat(read(socket)).as(host).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test void everyAnswerTellsBrowsersToTrustNothing() {
        for (Got got : List.of(client.get("/"), client.get("/page.js"), client.get("/nothing"),
                client.get("/v1/models"), client.post("/predict", "{"))) {
            assertThat(got.response().headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'").doesNotContain("unsafe");
            assertThat(got.response().headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(got.response().headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(got.response().headers().firstValue("Server")).isEmpty();
        }
    }

    @Test void thePageLoadsNothingFromElsewhereAndKeepsToItsPolicy() {
        String html = client.get("/").body();
        for (String path : List.of("/", "/page.js", "/page.css")) {
            assertThat(client.get(path).body()).as(path).doesNotContain("http://").doesNotContain("https://")
                    .doesNotContain("innerHTML").doesNotContain("eval(");
        }
        assertThat(html).doesNotContain("<style").doesNotContain(" style=").doesNotContain("onclick")
                .contains("min=\"0.1\" max=\"1.0\" step=\"0.1\" value=\"0.7\"")
                .contains("min=\"50\" max=\"500\" step=\"10\" value=\"260\"");
        assertThat(client.get("/icon.svg").response().headers().firstValue("Content-Type")).contains("image/svg+xml");
    }

    @Test void withAKeyOnlyHealthIsOpen() throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 2, 1, TinyModel.in(folder, PromptStyle.PLAIN));
        answerer.awaitReady();
        try (WeftServer locked = WeftServer.start(ServeSettings.DEFAULTS.withPort(0)
                .withHost("127.0.0.1", "open-sesame"), answerer)) {
            HttpClientOfTests keyed = new HttpClientOfTests(locked.port());
            for (String path : List.of("/v1/models", "/nothing")) {
                assertThat(keyed.get(path).status()).as(path).isEqualTo(401);
                assertThat(keyed.get(path, "Authorization", "Bearer open-sesam").status()).isEqualTo(401);
                assertThat(keyed.get(path, "Authorization", "Basic !!").status()).isEqualTo(401);
                assertThat(keyed.get(path, "Authorization", "Bearer open-sesame").status()).isIn(200, 404);
                String pair = Base64.getEncoder().encodeToString("anyone:open-sesame".getBytes(StandardCharsets.UTF_8));
                assertThat(keyed.get(path, "Authorization", "Basic " + pair).status()).as("as a browser sends it")
                        .isIn(200, 404);
            }
            assertThat(keyed.post("/predict", "{\"prompt\": \"x\"}").json().path("error").path("code").asText())
                    .isEqualTo("invalid_api_key");
            assertThat(keyed.get("/nothing").response().headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Basic");
            assertThat(keyed.get("/healthz").status()).isEqualTo(200);
            assertThat(keyed.get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> ServeSettings.DEFAULTS.withHost("0.0.0.0")).isInstanceOf(UserError.class)
                .hasMessageContaining("--api-key");
        assertThat(ServeSettings.DEFAULTS.withHost("0.0.0.0", "long-enough").isLoopback()).isFalse();
        assertThatThrownBy(() -> ServeSettings.DEFAULTS.withHost("127.0.0.1", "short")).isInstanceOf(UserError.class)
                .hasMessageContaining("8 to 256");
        assertThatThrownBy(() -> ServeSettings.DEFAULTS.withPort(70_000)).isInstanceOf(UserError.class)
                .hasMessageContaining("port is 70000");
        assertThatThrownBy(() -> ServeSettings.DEFAULTS.withHost("no such host")).isInstanceOf(UserError.class)
                .hasMessageContaining("not known");
        assertThatThrownBy(() -> WeftServer.start(ServeSettings.DEFAULTS.withPort(server.port()),
                new ScriptedAnswerer())).isInstanceOf(UserError.class)
                .hasMessageContaining("--port").hasMessageContaining(String.valueOf(server.port()));
    }

    private static String answer(Got got) {
        assertThat(got.status()).as(got.body()).isEqualTo(200);
        return got.json().path("choices").path(0).path("message").path("content").asText();
    }

    /** What comes back until the whole head and body are there, or the other side closes. */
    private static String read(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (!text.toString().matches("(?s).*\r\n\r\n.*\\}")) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                break;
            }
            text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
