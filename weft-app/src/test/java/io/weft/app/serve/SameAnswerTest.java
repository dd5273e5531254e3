package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.TinyRun;
import io.weft.Weft;
import io.weft.app.Shell;
import io.weft.data.Message;
import io.weft.loaded.LoadedModel;
import io.weft.problem.Language;
import io.weft.tensor.DType;
import io.weft.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A tiny model that learned its few rows by heart, asked the same through every door: it reads the same ids, says the
 * same words, and ends where it was trained to end, although its base ends answers elsewhere.
 */
final class SameAnswerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** ChatML with a block of reasoning before every answer, as Qwen3's template has it. */
    private static final String THINKING = """
            {%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}\
            {%- if message.role == 'assistant' %}{{ '<think>\\n' + (message.reasoning_content or '')\
             + '\\n</think>\\n\\n' }}{%- endif %}{{ message.content + '<|im_end|>\\n' }}{%- endfor %}\
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{%- endif %}""";
    /** Turns that end in ordinary text. */
    private static final String IN_WORDS = """
            {%- for message in messages %}{%- if message.role == 'user' %}{{ 'Q: ' + message.content + '\\nA: ' }}\
            {%- else %}{{ message.content + '\\n### End\\n' }}{%- endif %}{%- endfor %}""";
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    /** What came of one question. */
    private record Said(String reasoning, String words, int tokens, String finish) {}

    @Test void aModelThatThinksGivesWordsAndThoughtsApartAtEveryDoor() throws Exception {
        Map<String, String[]> learned = new LinkedHashMap<>();
        learned.put("the cat", new String[] {"", "reads the book."});
        learned.put("老师", new String[] {"", "写下数据"});
        learned.put("my friend", new String[] {"a letter?", "writes"});
        Path run = trained(THINKING, learned, "tuning.lora.rank=16", "tuning.lora.dropout=0", "train.steps=120",
                "train.learningRate=0.02");
        assertThat(JSON.readTree(run.resolve("adapter/generation_config.json").toFile()).toString())
                .isEqualTo("{\"eos_token_id\":[397,399],\"do_sample\":false}");

        Map<String, Said> answered = generated(run, learned);
        assertThat(answered).allSatisfy((question, said) -> {
            assertThat(said.words()).isEqualTo(learned.get(question)[1]);
            assertThat(said.reasoning()).isEqualTo(learned.get(question)[0]);
            assertThat(said.finish()).isEqualTo("stop");
        });
        served(run, learned, answered);
        assertThat(exactMatch(evaluated(run, answered))).isEqualTo(100);
        chatted(run, learned);
        String report = Files.readString(run.resolve("evaluation/report.html"));
        assertThat(report).contains("<details><summary>thought first</summary><div class=\"text\">a letter?</div>")
                .doesNotContain("think&gt;", "im_end");
    }

    @Test void aTemplateThatEndsItsTurnsInWordsEndsAnswersThere() throws Exception {
        Map<String, String[]> learned = new LinkedHashMap<>();
        learned.put("the cat", new String[] {"", "reads the book."});
        learned.put("老师", new String[] {"", "写下数据"});
        Path run = trained(IN_WORDS, learned, "tuning=full", "train.steps=80", "train.learningRate=0.005");
        Map<String, Said> answered = generated(run, learned);
        assertThat(answered).allSatisfy((question, said) -> {
            assertThat(said.words()).isEqualTo(learned.get(question)[1]);
            assertThat(said.finish()).isEqualTo("stop");
        });
        served(run, learned, answered);
        assertThat(exactMatch(evaluated(run, answered))).isEqualTo(100);
        chatted(run, learned);
        Path merged = folder.resolve("merged");
        assertThat(Shell.weft("export", run, "--merged", merged).code()).isZero();
        JsonNode settings = JSON.readTree(merged.resolve("generation_config.json").toFile());
        assertThat(settings.at("/stop_strings/0").asText()).isEqualTo("\n### End");
        assertThat(settings.at("/eos_token_id").asInt(-1)).as("as the base has it").isEqualTo(397);
        assertThat(generated(merged, learned)).isEqualTo(answered);
    }

    @Test void aPromptThatEndsInASpaceIsAnsweredAsItWasTrainedRawToo() throws Exception {
        Map<String, String> learned = Map.of("the cat: ", "reads the book.", "老师: ", "写下数据", "my friend: ",
                "\"a letter\"");
        List<String> rows = learned.entrySet().stream().map(row -> JSON.createObjectNode().put("prompt", row.getKey())
                .put("completion", row.getValue()).toString()).toList();
        Path run = trained(THINKING, rows, "tuning=full", "train.steps=80", "train.learningRate=0.005",
                "data.prompt=plain");
        Map<String, String[]> asked = new LinkedHashMap<>();
        learned.forEach((question, answer) -> asked.put(question, new String[] {"", answer}));
        Map<String, Said> answered = generated(run, asked);
        assertThat(answered).allSatisfy((question, said) -> {
            assertThat(said.words()).isEqualTo(learned.get(question));
            assertThat(said.finish()).isEqualTo("stop");
        });
        served(run, asked, answered);
        assertThat(exactMatch(evaluated(run, answered))).isEqualTo(100);
        ModelAnswerer answerer = ModelAnswerer.start("run", 8, 2, () -> ServedModel.of(LoadedModel.open(run)));
        answerer.awaitReady();
        try (WeftServer server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            learned.forEach((question, answer) -> assertThat(client.post("/predict", JSON.createObjectNode()
                    .put("prompt", question).put("raw", true).put("temperature", 0).toString()).json()
                    .path("response").asText()).isEqualTo(answer));
        }
    }

    /** A run on a base that ends answers with {@link TinyTokenizers#PAD} alone. */
    private Path trained(String template, Map<String, String[]> learned, String... settings) throws IOException {
        return trained(template, learned.entrySet().stream().map(SameAnswerTest::row).toList(), settings);
    }

    private Path trained(String template, List<String> rows, String... settings) throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        Files.writeString(base.resolve("chat_template.jinja"), template);
        Files.writeString(base.resolve("generation_config.json"), "{\"eos_token_id\": 397, \"do_sample\": false}");
        for (String file : List.of("config.json", "tokenizer_config.json")) {
            Files.writeString(base.resolve(file), Files.readString(base.resolve(file))
                    .replaceAll("(\"eos_token_id\"\\s*:\\s*)399", "$1" + 397)
                    .replaceAll("(\"eos_token\"\\s*:\\s*)\"[^\"]*\"", "$1\"<|endoftext|>\""));
        }
        Path train = Files.write(folder.resolve("learn.jsonl"), rows),
                held = Files.write(folder.resolve("held.jsonl"), rows), run = folder.resolve("run");
        List<Object> words = new ArrayList<>(List.of("train", "--model", base, "--data", train, "--out", run,
                "data.heldOut=" + held, "data.maxLength=96", "train.accumulate=1", "train.batch=4",
                "train.warmupSteps=5"));
        words.addAll(List.of(settings));
        Shell.Result result = Shell.weft(words.toArray());
        assertThat(result.code()).as(result.err()).isZero();
        return run;
    }

    private static String row(Map.Entry<String, String[]> learned) {
        ObjectNode row = JSON.createObjectNode();
        var messages = row.putArray("messages");
        messages.addObject().put("role", "user").put("content", learned.getKey());
        messages.addObject().put("role", "assistant").put("reasoning_content", learned.getValue()[0])
                .put("content", learned.getValue()[1]);
        return row.toString();
    }

    private Map<String, Said> generated(Path run, Map<String, String[]> learned) throws IOException {
        Path in = Files.write(folder.resolve("ask.jsonl"), learned.keySet().stream()
                .map(question -> JSON.createObjectNode().put("prompt", question).toString()).toList());
        Path out = folder.resolve("answers.jsonl");
        Shell.Result result = Shell.weft("generate", run, "--in", in, "--out", out, "--greedy", "--max-tokens", "60");
        assertThat(result.code()).as(result.err()).isZero();
        Map<String, Said> said = new LinkedHashMap<>();
        for (String line : Files.readAllLines(out)) {
            JsonNode row = JSON.readTree(line);
            said.put(row.path("prompt").asText(), new Said(row.path("reasoning_content").asText(""),
                    row.path("response").asText(), row.path("tokens_generated").asInt(),
                    row.path("finish_reason").asText()));
        }
        return said;
    }

    private static void served(Path run, Map<String, String[]> learned, Map<String, Said> expected)
            throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("run", 8, 2, () -> ServedModel.of(LoadedModel.open(run)));
        answerer.awaitReady();
        Map<String, Integer> asked = Weft.with(run, loaded -> learned.keySet().stream().collect(Collectors.toMap(
                question -> question, question -> loaded.wording().encoder()
                .encodePrompt(List.of(Message.user(question))).length)));
        try (WeftServer server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer)) {
            HttpClientOfTests client = new HttpClientOfTests(server.port());
            expected.forEach((question, said) -> {
                String chat = JSON.createObjectNode().put("temperature", 0).put("max_tokens", 60).set("messages",
                        JSON.createArrayNode().add(JSON.createObjectNode().put("role", "user")
                        .put("content", question))).toString();
                JsonNode whole = client.post("/v1/chat/completions", chat).json(), choice = whole.at("/choices/0");
                assertThat(choice.at("/message/content").asText()).isEqualTo(said.words());
                assertThat(choice.at("/message").has("reasoning_content")).isEqualTo(!said.reasoning().isEmpty());
                assertThat(choice.at("/message/reasoning_content").asText("")).isEqualTo(said.reasoning());
                assertThat(choice.at("/finish_reason").asText()).isEqualTo("stop");
                assertThat(whole.at("/usage/completion_tokens").asInt()).isEqualTo(said.tokens());
                assertThat(whole.at("/usage/prompt_tokens").asInt()).isEqualTo(asked.get(question));

                List<JsonNode> events = HttpClientOfTests.events(client.post("/v1/chat/completions",
                        chat.replaceFirst("\\{", "{\"stream\": true, ")).body());
                assertThat(joined(events, "content")).isEqualTo(said.words());
                assertThat(joined(events, "reasoning_content")).isEqualTo(said.reasoning());
                assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").asText()).isEqualTo("stop");

                JsonNode predicted = client.post("/predict", JSON.createObjectNode().put("prompt", question)
                        .put("temperature", 0).put("max_tokens", 60).toString()).json();
                assertThat(predicted.path("response").asText()).isEqualTo(said.words());
                assertThat(predicted.path("tokens_generated").asInt()).isEqualTo(said.tokens());
            });
        }
    }

    private static String joined(List<JsonNode> events, String name) {
        return events.stream().map(event -> event.at("/choices/0/delta/" + name).asText(""))
                .collect(Collectors.joining());
    }

    private static JsonNode evaluated(Path run, Map<String, Said> expected) throws IOException {
        Shell.Result result = Shell.weft("evaluate", run, "--greedy", "--max-tokens", "60");
        assertThat(result.code()).as(result.err()).isZero();
        for (String line : Files.readAllLines(run.resolve("evaluation/samples.jsonl"))) {
            JsonNode sample = JSON.readTree(line);
            Said said = expected.get(sample.path("prompt").asText());
            assertThat(sample.at("/tuned/answer").asText()).isEqualTo(said.words());
            assertThat(sample.at("/tuned/reasoning").asText("")).isEqualTo(said.reasoning());
            assertThat(sample.path("expectedReasoning").asText("")).isEqualTo(said.reasoning());
            assertThat(sample.at("/tuned/tokens").asInt()).isEqualTo(said.tokens());
            assertThat(sample.at("/tuned/finish").asText()).isEqualTo("stop");
        }
        return JSON.readTree(run.resolve("evaluation/scores.json").toFile());
    }

    private static double exactMatch(JsonNode scores) {
        for (JsonNode line : scores.path("table")) {
            if (line.path("measure").asText().equals("exactMatch")) {
                return line.path("tuned").asDouble();
            }
        }
        throw new AssertionError("no exact match in " + scores);
    }

    private static void chatted(Path run, Map<String, String[]> learned) {
        learned.forEach((question, answer) -> {
            String talk = Shell.typing(question + "\n/exit\n", "chat", run, "--greedy", "--max-tokens", "60").out();
            String shown = answer[0].isEmpty() ? answer[1] : "[thinks] " + answer[0] + "\n[says] " + answer[1];
            assertThat(talk).contains("> " + shown + "\n");
        });
    }
}
