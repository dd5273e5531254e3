package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.problem.Language;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What a client gets from a model that reads rows. */
class RowVerdictTest {
    private static final String CHAT = "{\"messages\": [{\"role\": \"user\", \"content\": \"the cat reads\"}]}";
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    private void serving(List<String> labels, Consumer<HttpClientOfTests> body) throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 32, 4, TinyModel.reading(folder, labels));
        answerer.awaitReady();
        try (WeftServer server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer)) {
            body.accept(new HttpClientOfTests(server.port()));
        }
    }

    @Test void aClassifierAnswersWithItsLabelAndHowLikelyEachIs() throws InterruptedException {
        serving(List.of("好", "bad", "fair"), client -> {
            assertThat(client.get("/v1/models").json().at("/data/0/task").asText()).isEqualTo("classify");
            Got got = client.post("/predict", "{\"prompt\": \"the cat reads\"}");
            assertThat(got.status()).isEqualTo(200);
            JsonNode json = got.json(), each = json.path("probabilities");
            assertThat(json.properties().stream().map(Map.Entry::getKey)).containsExactly("status", "label",
                    "probability", "probabilities", "tokens_read");
            assertThat(each.properties().stream().map(Map.Entry::getKey)).containsExactly("好", "bad", "fair");
            assertThat(each.properties().stream().mapToDouble(one -> one.getValue().asDouble()).sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(each.path(json.path("label").asText()).asDouble()).isEqualTo(json.path("probability").asDouble())
                    .isEqualTo(each.properties().stream().mapToDouble(one -> one.getValue().asDouble()).max()
                    .orElseThrow());
            assertThat(json.path("tokens_read").asInt()).isPositive();
            assertThat(client.post("/predict", "{\"prompt\": \"小模型训练\"}").json().path("probabilities"))
                    .as("another text").isNotEqualTo(each);
        });
    }

    @Test void aRewardModelGivesAnAnswerItsScore() throws InterruptedException {
        serving(List.of("LABEL_0"), client -> {
            String prompt = "{\"prompt\": \"the cat reads\", \"response\": \"%s\"}";
            assertThat(client.get("/v1/models").json().at("/data/0/task").asText()).isEqualTo("score");
            JsonNode json = client.post("/predict", prompt.formatted("the book")).json();
            assertThat(json.properties().stream().map(Map.Entry::getKey)).containsExactly("status", "score",
                    "tokens_read");
            assertThat(client.post("/predict", prompt.formatted("a letter")).json().path("score").asDouble())
                    .isNotEqualTo(json.path("score").asDouble());
            Got without = client.post("/predict", "{\"prompt\": \"the cat reads\"}");
            assertThat(without.status()).isEqualTo(400);
            assertThat(without.json().at("/error/param").asText()).isEqualTo("response");
        });
    }

    @Test void whatItCannotDoIsRefusedByName() throws InterruptedException {
        serving(List.of("good", "bad"), client -> {
            Got chat = client.post("/v1/chat/completions", CHAT);
            assertThat(chat.status()).isEqualTo(400);
            assertThat(chat.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
            assertThat(chat.json().at("/error/code").asText()).isEqualTo("not_a_chat_model");
            assertThat(chat.json().at("/error/param").asText()).isEqualTo("model");
            assertThat(chat.error()).contains("POST /predict");
            Got sampled = client.post("/predict", "{\"prompt\": \"a\", \"temperature\": 0}");
            assertThat(sampled.status()).isEqualTo(400);
            assertThat(sampled.error()).contains("temperature");
            assertThat(client.post("/predict", "{\"prompt\": \" \"}").error()).contains("'prompt' is empty");
            assertThat(client.post("/predict", "{\"prompt\": \"a\", \"response\": \"b\"}").status()).isEqualTo(400);
        });
    }
}
