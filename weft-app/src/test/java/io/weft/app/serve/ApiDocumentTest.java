package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The OpenAPI document says what the code does. */
class ApiDocumentTest {
    private static WeftServer server;
    private static HttpClientOfTests client;
    private static JsonNode document;

    @BeforeAll static void start() {
        server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), new ScriptedAnswerer());
        client = new HttpClientOfTests(server.port());
        document = client.get("/openapi.json").json();
    }

    @AfterAll static void stop() { server.close(); }

    private static Set<String> parameters(String schema) {
        Set<String> names = new TreeSet<>();
        document.at("/components/schemas/" + schema + "/properties").fieldNames().forEachRemaining(names::add);
        assertThat(names).as(schema).isNotEmpty();
        return names;
    }

    @Test void everyRouteStandsInItAndNoOther() {
        Set<String> told = new TreeSet<>();
        document.get("paths").properties().forEach(path -> path.getValue().fieldNames()
                .forEachRemaining(method -> told.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        Set<String> there = new TreeSet<>();
        server.routes().forEach(route -> there.add(route.replace('<', '{').replace('>', '}')));
        there.removeIf(route -> route.matches("GET /(docs|(page/)?[\\w-]+\\.(js|css|svg|html))?(\\.\\w+)?"));
        assertThat(told).isEqualTo(there);
    }

    @Test void everyParameterThatIsReadStandsInItAndNoOther() {
        Map<String, Set<String>> known = Map.of("ChatRequest", ChatRequest.NAMES, "CompletionRequest",
                Completions.NAMES, "EmbeddingRequest", Embeddings.NAMES, "PredictRequest", Predict.NAMES,
                "TokenizeRequest",
                TokenRoutes.TOKENIZE, "DetokenizeRequest", TokenRoutes.DETOKENIZE, "AdapterRequest",
                ModelRoutes.ADAPTER_NAMES, "RowRequest", Set.of("prompt", "response"));
        known.forEach((schema, names) -> assertThat(parameters(schema)).as(schema).isEqualTo(new TreeSet<>(names)));
        RequestBody body = RequestBody.of((ObjectNode) HttpClientOfTests.parse(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"));
        ChatRequest.of(body, new ScriptedAnswerer(), ServeSettings.DEFAULTS);
        Set<String> read = body.asked();
        read.addAll(ChatRequest.SILENT);
        assertThat(read).as("what a chat is read for").isEqualTo(new TreeSet<>(ChatRequest.NAMES));
    }

    @Test void whatItRequiresIsMissedAndItsBoundsHold() {
        String chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"%s\": %s}";
        List<String> wrong = new ArrayList<>();
        document.at("/components/schemas/ChatRequest/properties").properties().forEach(each -> {
            for (String bound : List.of("minimum", "maximum")) {
                JsonNode limit = each.getValue().path(bound);
                // what is longer than allowed is cut, not refused, and has no highest value
                if (limit.isNumber()) {
                    long beyond = limit.asLong() + (bound.equals("minimum") ? -1 : 1);
                    RequestBody body = RequestBody.of((ObjectNode)
                            HttpClientOfTests.parse(chat.formatted(each.getKey(), beyond)));
                    try {
                        ChatRequest.of(body, new ScriptedAnswerer(), ServeSettings.DEFAULTS);
                        wrong.add(each.getKey() + " takes " + beyond);
                    } catch (Refusal e) {
                        if (!each.getKey().equals(e.json().at("/error/param").asText())) {
                            wrong.add(each.getKey() + ": " + e.getMessage());
                        }
                    }
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test void aPageDrawsItAndLoadsNothingFromElsewhere() {
        for (String path : List.of("/docs", "/docs.js", "/docs.css")) {
            assertThat(client.get(path).status()).as(path).isEqualTo(200);
            assertThat(client.get(path).body()).as(path).doesNotContain("http:").doesNotContain("https:")
                    .doesNotContain("innerHTML").doesNotContain(" style=").doesNotContain("onclick");
        }
    }
}
