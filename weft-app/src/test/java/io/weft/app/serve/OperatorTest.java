package io.weft.app.serve;

import io.weft.app.http.metric.PrometheusText;
import io.weft.app.http.Admission;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.data.EncodingSettings;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.generate.Generator;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.Language;
import io.weft.token.TinyTokenizers;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator sees of a server from outside, and what a client must not see. */
@Timeout(60)
class OperatorTest {
    private static final String REFUSING = "{% if messages[0].role != 'user' %}\n"
            + "{{ raise_exception('Begin with the user') }}{% endif %}"
            + "{% for m in messages %}{{ m.content + m.nothing.at.all }}{% endfor %}";
    @TempDir Path folder;

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    @Test void figuresTellWhatHappened() throws Exception {
        ScriptedAnswerer answerer = new ScriptedAnswerer();
        Path keys = Files.writeString(folder.resolve("keys"), "alice: alices-own-key\nops: figures-only admin\n");
        ServeSettings settings = ServeSettings.DEFAULTS.withPort(0).with(new Admission(Optional.of(keys), List.of(),
                List.of(), Optional.empty(), Optional.empty(), false));
        String[] alice = {"Authorization", "Bearer alices-own-key", "Content-Type", "application/json"},
                ops = {"Authorization", "Bearer figures-only"};
        try (WeftServer server = WeftServer.start(settings, answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            CompletableFuture<Got> asked = client.postAsync("/predict", "{\"prompt\": \"x\"}", alice);
            answerer.reply(0).give(new Reply.Part.Text("", "a"));
            Thread.sleep(30);
            answerer.reply(0).give(new Reply.Part.Text("", "b"));
            answerer.reply(0).give(new Reply.Part.Done(30, 12, 3, List.of("stop")));
            asked.join();
            client.get("/nothing/at/all", alice);
            client.get("/v1/models/scripted", alice);
            client.get("/v1/models", "Authorization", "Bearer wrong-key-it-is");
            Map<String, Double> read = Map.of();
            long patience = System.nanoTime() + 5_000_000_000L;
            while (!read.containsKey(total("GET", "", "401", "")) && System.nanoTime() < patience) {
                Got got = client.get("/metrics", ops);
                assertThat(got.response().headers().firstValue("Content-Type").orElseThrow())
                        .startsWith("text/plain; version=0.0.4");
                read = PrometheusText.read(got.body());
            }
            assertThat(read).containsEntry(total("POST", "/predict", "200", "alice"), 1.0)
                    .containsEntry(total("GET", "/v1/models/<name>", "200", "alice"), 1.0)
                    .containsEntry(total("GET", "", "404", "alice"), 1.0)
                    .containsEntry(total("GET", "", "401", ""), 1.0)
                    .containsEntry("weft_prompt_tokens_total{key=\"alice\",model=\"scripted\"}", 30.0)
                    .containsEntry("weft_cached_prompt_tokens_total{key=\"alice\",model=\"scripted\"}", 12.0)
                    .containsEntry("weft_generated_tokens_total{key=\"alice\",model=\"scripted\"}", 3.0)
                    .containsEntry("weft_first_token_seconds_count{model=\"scripted\"}", 1.0)
                    .containsEntry("weft_token_seconds_count{model=\"scripted\"}", 1.0)
                    .containsEntry("weft_ready", 1.0).containsEntry("weft_queue_waiting", 0.0)
                    .containsEntry("weft_places", 1.0).containsKeys("process_resident_memory_bytes",
                    "process_start_time_seconds", "weft_cache_tokens", "weft_queue_room");
            String text = client.get("/metrics", ops).body();
            for (String docs : List.of("../docs/serve.md", "../docs/serve.zh-CN.md")) {
                String told = Files.readString(Path.of(docs));
                text.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> assertThat(told).as(docs)
                        .contains("`" + line.split(" ")[2] + "`"));
            }
            assertThat(read.get("weft_token_seconds_sum{model=\"scripted\"}")).isBetween(0.01, 5.0);
            assertThat(read.keySet()).noneMatch(name -> name.contains("own-key") || name.contains("nothing"));
        }
    }

    @Test void halfOfASurrogatePairIsRefusedByItsFieldAndAWholeOneTaken() throws Exception {
        ScriptedAnswerer answerer = new ScriptedAnswerer();
        try (WeftServer server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            String chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"a%sb\"}]}";
            for (String half : List.of("\\ud800", "\\udc00\\ud800", "\\ud83d\\ud83d\\ude00")) {
                Got got = client.post("/v1/chat/completions", chat.formatted(half));
                assertThat(got.status()).as(half).isEqualTo(400);
                assertThat(got.json().at("/error/param").asText()).isEqualTo("messages[0].content");
            }
            assertThat(client.post("/predict", "{\"prompt\": \"x\", \"a\\udfff\": 1}").status()).isEqualTo(400);
            assertThat(answerer.questions).isEmpty();
            var taken = client.postAsync("/v1/chat/completions", chat.formatted("\\ud83d\\ude00"));
            answerer.reply(0).give(new Reply.Part.Done(1, 1, "stop"));
            assertThat(taken.join().status()).isEqualTo(200);
        }
    }

    private static String total(String method, String route, String status, String key) {
        return "weft_requests_total{key=\"" + key + "\",method=\"" + method + "\",route=\"" + route + "\",status=\""
                + status + "\"}";
    }

    private ServedModel refusing() {
        try {
            TinyModel.in(folder, PromptStyle.PLAIN).get().tokenizer().close(); // leaves the files of a model
            TinyTokenizers.write(folder);
            Files.writeString(folder.resolve("chat_template.jinja"), REFUSING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PromptFormat format = PromptFormat.of(folder, new PromptFormat.Bounds(folder.resolve("config.json"), 400,
                "vocab_size", OptionalInt.empty(), "max_position_embeddings"), PromptStyle.TEMPLATE, 1000,
                OverLength.REFUSE, EncodingSettings.DEFAULTS);
        return new ServedModel(new Generator(ModelFolder.open(folder).initialise(3), TinyModel.CONTEXT, Set.of()),
                format.tokenizer(), PromptBuilder.of(format.encoder(), PromptStyle.TEMPLATE));
    }

    @Test void noAnswerHoldsAPathOfTheServerOrAWordOfItsLibraries() throws Exception {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 4, 2, this::refusing);
        answerer.awaitReady();
        List<String> bodies = List.of("", "{", "[]", "null", "{\"prompt\": \"\\ud800\"}", "{\"prompt\": 1e999}",
                "{\"prompt\": \"x\"}", "{\"prompt\": [\"/etc/passwd\"]}", "{\"messages\": 1}", "{\"messages\": [{}]}",
                "{\"messages\": [{\"role\": \"system\", \"content\": \"x\"}]}", "{\"input\": {}}", "{\"model\": {}}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"stream\": true}",
                "{\"messages\": [{\"role\": \"user\", \"content\": {\"a\": 1}}]}",
                "{\"prompt\": \"x\", \"seed\": 9e99}",
                "{\"prompt\": \"x\", \"temperature\": \"" + "9".repeat(300) + "\"}",
                "{\"prompt\": \"x\", \"stop\": [[]]}",
                "[".repeat(2000), "{\"a\":".repeat(300), "{\"prompt\": " + "9".repeat(2000) + "}",
                "{\"prompt\": \"x\", \"max_tokens\": 1e400}", "\u0000", "{\"prompt\": \"\u0001\"}", "{'prompt': 'x'}",
                "{\"prompt\": \"x\", \"raw\": {}}", "{\"messages\": [{\"role\": \"user\", \"content\": [1]}]}");
        List<String> answers = new ArrayList<>();
        try (WeftServer server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            for (String route : server.routes()) {
                String method = route.split(" ")[0], path = route.split(" ")[1].replaceAll("<[^>]*>", "..%2f..%2fetc");
                for (String body : !method.equals("POST") ? List.<String>of() : bodies) {
                    Got got = client.send(method, path, body, "Content-Type", "application/json");
                    assertThat(got.status()).as(route + " " + body).isBetween(200, 499);
                    answers.add(got.body());
                }
                answers.add(client.send("PATCH", path).body());
                answers.add(client.send(method, path + "/%00/..%5c", "x", "Content-Type", "x/y").body());
            }
            for (String words : List.of("GET /%ff%fe HTTP/1.1\r\nHost: localhost", "GET / HTTP/1.1\r\nHost: a b",
                    "GET /..%2f HTTP/1.1\r\nHost: localhost", "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: -1", "POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x",
                    "GET /?a=%zz HTTP/1.1\r\nHost: localhost", "\u0016\u0003\u0001", "GET")) {
                answers.add(client.raw(words + "\r\n\r\n"));
            }
        }
        assertThat(answers).hasSizeGreaterThan(60);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).doesNotContain(folder.toString(), "/tmp/", "/home/",
                "/root", "/work", "/usr", "java.", "javax.", "org.", "com.", "io.weft", "io.javalin", "Exception",
                "Jackson", "jackson", "etty", "Javalin", "\tat ", "NullPointer"));
        assertThat(String.join("\n", answers)).contains("Begin with the user (line 2 of chat_template.jinja)");
    }
}
