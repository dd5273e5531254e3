package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.api.ApiSettings;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.data.Message;
import io.weft.generate.TokenLogprob;
import io.weft.problem.Language;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.tool.CallFormats;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How answers look, given what an answerer says. */
class OpenAiAnswersTest {
    private static final String CHAT = "/v1/chat/completions", TEXT = "/v1/completions";
    private static final String ASK = "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";
    private static final String TOOLS = ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}"
            + ", {\"type\": \"function\", \"function\": {\"name\": \"wait\"}}]";
    private static final String CALL = "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"北京\"}}\n"
            + "</tool_call>";
    private final ScriptedAnswerer answerer = new ScriptedAnswerer();
    private WeftServer server;
    private HttpClientOfTests client;
    private int asked;

    @BeforeEach void start() {
        Language.use(Language.ENGLISH);
        answerer.calls = CallFormats.of(new MessageTemplate() {
            @Override public List<Segment> render(List<Message> messages, boolean answerNext) { return List.of(); }

            @Override public boolean mentions(String text) { return List.of("tools", "<tool_call>").contains(text); }
        });
        serve(ServeSettings.DEFAULTS.withPort(0));
    }

    private void serve(ServeSettings settings) {
        if (server != null) {
            server.close();
            answerer.state = Answerer.State.READY;
        }
        server = WeftServer.start(settings, answerer);
        client = new HttpClientOfTests(server.port());
    }

    @AfterEach void stop() { server.close(); }

    /** The response to a request that is answered with these parts. */
    private Got got(String path, String body, Reply.Part... parts) throws InterruptedException {
        CompletableFuture<Got> got = client.postAsync(path, body);
        Reply reply = answerer.reply(asked++);
        List.of(parts).forEach(reply::give);
        Got response = got.join();
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        return response;
    }

    private static Reply.Part words(int choice, String words) {
        return new Reply.Part.Text(choice, "", words, List.of());
    }

    private static Reply.Part done(String... finishes) {
        return new Reply.Part.Done(10, 4, 6, List.of(finishes));
    }

    @Test void unknownFieldsAreNamedInAHeader() throws InterruptedException {
        for (String stream : List.of("false", "true")) {
            Got got = got(CHAT, ASK + ", \"topp\": 1, \"caf\\u00e9 \\r\\nSet-Cookie: a\": 2, \"stream\": " + stream
                    + "}", words(0, "a"), done("stop"));
            assertThat(got.response().headers().firstValue("X-Weft-Ignored")).contains("topp, caf??Set-Cookie:?a");
            assertThat(got.response().headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(got(CHAT, ASK + "}", words(0, "a"), done("stop")).response().headers().map())
                .doesNotContainKey("x-weft-ignored");
        CompletableFuture<Got> predicted = client.postAsync("/predict", "{\"prompt\": \"x\", \"max_token\": 5}");
        answerer.reply(asked).give(done("stop"));
        assertThat(predicted.join().response().headers().firstValue("X-Weft-Ignored")).contains("max_token");
    }

    @Test void severalChoicesComeApart() throws InterruptedException {
        Reply.Part[] parts = {words(1, "b"), words(0, "a"), words(1, "c"), done("stop", "length")};
        JsonNode whole = got(CHAT, ASK + ", \"n\": 2}", parts).json();
        assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("a");
        assertThat(whole.at("/choices/1/message/content").asText()).isEqualTo("bc");
        assertThat(whole.at("/choices/1/finish_reason").asText()).isEqualTo("length");
        assertThat(whole.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(4);
        List<JsonNode> events = HttpClientOfTests.events(got(CHAT, ASK + ", \"n\": 2, \"stream\": true}", parts)
                .body());
        for (int choice = 0; choice < 2; choice++) {
            int index = choice;
            List<JsonNode> own = events.stream().map(event -> event.at("/choices/0"))
                    .filter(each -> each.path("index").asInt() == index).toList();
            assertThat(own.get(0).at("/delta/role").asText()).isEqualTo("assistant");
            assertThat(own.stream().map(each -> each.at("/delta/content").asText("")).collect(Collectors.joining()))
                    .isEqualTo(choice == 0 ? "a" : "bc");
            assertThat(own.get(own.size() - 1).path("finish_reason").asText())
                    .isEqualTo(choice == 0 ? "stop" : "length");
        }
    }

    @Test void callsOfToolsAreToldApartWholeAndStreamed() throws InterruptedException {
        Reply.Part[] parts = {words(0, "Let me see.\n" + CALL.substring(0, 30)), words(0, CALL.substring(30) + "\n"),
            words(0, CALL.replace("北京", "上海")), done("stop")};
        JsonNode choice = got(CHAT, ASK + TOOLS + "}", parts).json().at("/choices/0");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").asText()).isEqualTo("Let me see.");
        JsonNode calls = choice.at("/message/tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.at("/0/type").asText()).isEqualTo("function");
        assertThat(calls.at("/0/id").asText()).startsWith("call_").isNotEqualTo(calls.at("/1/id").asText());
        assertThat(calls.at("/0/function").toString())
                .isEqualTo("{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"北京\\\"}\"}");

        List<JsonNode> events = HttpClientOfTests.events(got(CHAT, ASK + TOOLS + ", \"stream\": true}", parts).body());
        List<StringBuilder> arguments = List.of(new StringBuilder(), new StringBuilder());
        List<String> names = new ArrayList<>();
        events.forEach(event -> event.at("/choices/0/delta/tool_calls").forEach(call -> {
            arguments.get(call.path("index").asInt()).append(call.at("/function/arguments").asText());
            if (call.has("id")) {
                names.add(call.at("/function/name").asText());
            }
        }));
        assertThat(names).containsExactly("weather", "weather");
        assertThat(arguments.get(1).toString()).isEqualTo("{\"city\":\"上海\"}");
        assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");

        assertThat(got(CHAT, ASK + TOOLS + ", \"parallel_tool_calls\": false}", parts).json()
                .at("/choices/0/message/tool_calls")).hasSize(1);
        JsonNode plain = got(CHAT, ASK + "}", parts).json().at("/choices/0");
        assertThat(plain.at("/message/content").asText()).as("no tools were offered").contains("<tool_call>");
        assertThat(plain.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test void aCallThatMustBeMadeIsTheWholeAnswer() throws InterruptedException {
        JsonNode choice = got(CHAT, ASK + TOOLS + ", \"tool_choice\": \"required\"}", words(0, "{\"name\": \"wait\", "),
                words(0, "\"arguments\": {}}"), done("stop")).json().at("/choices/0");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("wait");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode cut = got(CHAT, ASK + TOOLS + ", \"tool_choice\": \"required\"}", words(0, "{\"name\": \"wa"),
                done("length")).json().at("/choices/0");
        assertThat(cut.path("finish_reason").asText()).isEqualTo("length");
        assertThat(cut.at("/message/content").asText()).isEqualTo("{\"name\": \"wa");
    }

    @Test void logProbabilitiesHaveBothShapes() throws InterruptedException {
        var place = new TokenLogprob('a', -0.5, List.of(new TokenLogprob('a', -0.5, List.of()),
                new TokenLogprob('é', Double.NEGATIVE_INFINITY, List.of())));
        var text = new Reply.Part.Text(0, "", "a", List.of(place));
        JsonNode chat = got(CHAT, ASK + ", \"logprobs\": true, \"top_logprobs\": 2}", text, done("stop")).json()
                .at("/choices/0/logprobs/content/0");
        assertThat(chat.path("token").asText()).isEqualTo("a");
        assertThat(chat.path("logprob").asDouble()).isEqualTo(-0.5);
        assertThat(chat.path("bytes").toString()).isEqualTo("[97]");
        assertThat(chat.at("/top_logprobs/1/logprob").asDouble()).isEqualTo(-9999);
        assertThat(chat.at("/top_logprobs/1/bytes").toString()).isEqualTo("[195,169]");
        List<JsonNode> events = HttpClientOfTests.events(got(CHAT, ASK + ", \"logprobs\": true, \"stream\": true}",
                text, done("stop")).body());
        assertThat(events.stream().mapToInt(event -> event.at("/choices/0/logprobs/content").size()).sum())
                .isEqualTo(1);
        JsonNode legacy = got(TEXT, "{\"prompt\": \"x\", \"logprobs\": 2}", text, done("stop")).json()
                .at("/choices/0/logprobs");
        assertThat(legacy.toString()).isEqualTo("{\"tokens\":[\"a\"],\"token_logprobs\":[-0.5],\"top_logprobs\":"
                + "[{\"a\":-0.5,\"é\":-9999.0}],\"text_offset\":[0]}");
    }

    @Test void textsGoOnOneForEachPromptInOrder() throws InterruptedException {
        for (String prompt : List.of("[\"one\", \"two\"]", "[[111, 110, 101], [116, 119, 111]]")) {
            int first = asked;
            CompletableFuture<Got> pending = client.postAsync(TEXT, "{\"prompt\": " + prompt + ", \"n\": 2, \"echo\": "
                    + "true, \"max_tokens\": 5}");
            for (int i = 1; i >= 0; i--) {               // the second prompt's answer is there first
                Reply reply = answerer.reply(first + i);
                reply.give(words(1, "B" + i));
                reply.give(words(0, "A" + i));
                reply.give(done("stop", "length"));
            }
            asked += 2;
            JsonNode json = pending.join().json();
            assertThat(json.path("object").asText()).isEqualTo("text_completion");
            List<String> texts = new ArrayList<>();
            json.path("choices").forEach(choice -> texts.add(choice.path("index").asInt()
                    + choice.path("text").asText()));
            assertThat(texts).containsExactly("0oneA0", "1oneB0", "2twoA1", "3twoB1");
            assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(32);
        }
        assertThat(answerer.questions.get(0).sampling().maxNewTokens()).isEqualTo(5);
        got(TEXT, "{\"prompt\": \"x\"}", done("stop"));
        assertThat(answerer.questions.get(4).sampling().maxNewTokens()).as("OpenAI's").isEqualTo(16);
        Got stream = got(TEXT, "{\"prompt\": \"x\", \"echo\": true, \"stream\": true, \"stream_options\": "
                + "{\"include_usage\": true}}", words(0, "a"), words(0, "b"), done("stop"));
        List<JsonNode> events = HttpClientOfTests.events(stream.body());
        assertThat(events.stream().map(event -> event.at("/choices/0/text").asText("")).collect(Collectors.joining()))
                .isEqualTo("xab");
        assertThat(events.get(events.size() - 1).at("/usage/completion_tokens").asInt()).isEqualTo(6);
    }

    @Test void whatCannotBeAskedOfTextsIsRefusedByName() {
        String[][] cases = {{"{\"prompt\": 5}", "prompt"}, {"{\"prompt\": []}", "prompt"},
            {"{\"prompt\": \"\"}", "prompt"},
            {"{\"prompt\": [1, \"a\"]}", "prompt"}, {"{\"prompt\": [[-1]]}", "prompt"},
            {"{\"prompt\": \"x\", \"echo\": true, \"logprobs\": 1}", "logprobs"},
            {"{\"prompt\": \"x\", \"suffix\": \"y\"}", "suffix"}, {"{\"prompt\": \"x\", \"best_of\": 2}", "best_of"}};
        for (String[] each : cases) {
            Got got = client.post(TEXT, each[0]);
            assertThat(got.status()).as(each[0]).isEqualTo(400);
            assertThat(got.json().at("/error/param").asText()).as(each[0]).isEqualTo(each[1]);
        }
    }

    @Test void aStreamThatWaitsSaysHowManyAreBeforeIt() throws Exception {
        try (InputStream stream = client.open(CHAT, ASK + ", \"stream\": true}")) {
            Reply reply = answerer.reply(asked++);
            byte[] comment = new byte[13];
            assertThat(stream.readNBytes(comment, 0, comment.length)).isEqualTo(13);
            assertThat(new String(comment, StandardCharsets.UTF_8)).isEqualTo(": waiting 0\n\n");
            reply.give(words(0, "a"));
            reply.give(done("stop"));
            String rest = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(HttpClientOfTests.events(rest)).hasSize(3);
        }
    }

    @Test void vectorsComeAsNumbersOrAsBase64() {
        Got mean = client.post("/v1/embeddings", "{\"input\": [\"ab\", \"c\"], \"model\": \"any\"}");
        assertThat(mean.json().at("/data/1/embedding").toString()).isEqualTo("[1.0,1.0,0.5]");
        assertThat(mean.json().path("pooling").asText()).isEqualTo("mean");
        assertThat(mean.json().at("/usage/prompt_tokens").asInt()).isEqualTo(7);
        JsonNode last = client.post("/v1/embeddings", "{\"input\": \"ab\", \"encoding_format\": \"base64\", "
                + "\"pooling\": \"last\"}").json();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(last.at("/data/0/embedding").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getFloat()).isEqualTo(2);
        assertThat(bytes.getFloat()).isEqualTo(0);
        assertThat(bytes.getFloat()).isEqualTo(0.5f);
        String[][] cases = {{"{\"input\": [1, 2]}", "input"}, {"{\"input\": []}", "input"},
            {"{\"input\": \"a\", \"dimensions\": 8}", "dimensions"},
            {"{\"input\": \"a\", \"encoding_format\": \"int8\"}", "encoding_format"}};
        for (String[] each : cases) {
            Got got = client.post("/v1/embeddings", each[0]);
            assertThat(got.status()).as(each[0]).isEqualTo(400);
            assertThat(got.json().at("/error/param").asText()).as(each[0]).isEqualTo(each[1]);
        }
    }

    @Test void tokensAreCountedAndSpelled() {
        assertThat(client.post("/v1/tokenize", "{\"prompt\": \"ab\"}").body())
                .isEqualTo("{\"count\":2,\"tokens\":[97,98]}");
        assertThat(client.post("/v1/tokenize", ASK + "}").json().path("count").asInt()).isEqualTo(3);
        assertThat(client.post("/v1/detokenize", "{\"tokens\": [97, 98]}").body()).isEqualTo("{\"prompt\":\"ab\"}");
        assertThat(client.post("/v1/detokenize", "{\"tokens\": [\"a\"]}").status()).isEqualTo(400);
        assertThat(client.post("/v1/tokenize", "{}").json().at("/error/param").asText()).isEqualTo("prompt");
    }

    @Test void adaptersAreModelsAndAreOpenedOnlyWhereThatIsAllowed() {
        answerer.models = List.of("scripted", "poems");
        JsonNode models = client.get("/v1/models").json().path("data");
        assertThat(models.at("/1/id").asText()).isEqualTo("poems");
        assertThat(models.at("/1/parent").asText()).isEqualTo("scripted");
        String body = "{\"name\": \"poems\", \"path\": \"runs/poems/adapter\"}";
        assertThat(client.post("/v1/adapters", body).status()).isEqualTo(403);
        assertThat(answerer.opened).isEmpty();
        serve(ServeSettings.DEFAULTS.withPort(0).with(new ApiSettings(false, true)));
        assertThat(client.post("/v1/adapters", body).status()).isEqualTo(201);
        assertThat(client.post("/v1/adapters", body.replace("poems\"", "../x\"")).status()).isEqualTo(400);
        assertThat(client.delete("/v1/adapters/poems").json().path("deleted").asBoolean()).isTrue();
        assertThat(client.delete("/v1/adapters/none").status()).isEqualTo(404);
        assertThat(answerer.opened).containsExactly("poems=runs/poems/adapter", "-poems");
        assertThat((ObjectNode) client.get("/v1/models/other").json().path("error")).isNotEmpty();
    }
}
