package io.weft.jinja;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What transformers rendered from real templates, byte for byte; where it raised, so must we. */
class TemplateGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-07-09T08:05:03Z"), ZoneOffset.UTC);
    private final Map<String, Template> parsed = new HashMap<>();

    @Test void rendersEveryCaseAsTransformersDoes() throws IOException {
        var wrong = new ArrayList<String>();
        int ran = 0;
        for (var line : Files.readAllLines(Golden.at("chat_templates/cases.jsonl"))) {
            var expected = JSON.readTree(line);
            String found = outcome(expected);
            boolean right = expected.get("ok").asBoolean() ? found.equals(expected.get("out").asText())
                    : found.startsWith("raises ");
            if (!right) {
                wrong.add(expected.get("file").asText() + " " + expected.get("case").asText() + ": " + found
                    + "\n  expected " + expected.path("out").asText(expected.path("err").asText()));
            }
            ran++;
        }
        Golden.ran("chat_templates cases", ran);
        assertThat(wrong).isEmpty();
    }

    @Test void marksTheSpansOfGenerationBlocksAsTransformersDoes() throws IOException {
        int ran = 0;
        for (var line : Files.readAllLines(Golden.at("chat_templates/generation_spans.jsonl"))) {
            var expected = JSON.readTree(line);
            var rendering = rendering(expected);
            assertThat(rendering.text().toString()).isEqualTo(expected.get("out").asText());
            var spans = new ArrayList<List<Integer>>();
            rendering.generated()
                    .forEach(span ->
                    spans.add(List.of(rendering.text().point(span.start()), rendering.text().point(span.end()))));
            assertThat(spans).as(expected.get("file").asText())
                    .isEqualTo(JSON.convertValue(expected.get("idx"), new TypeReference<List<List<Integer>>>() {}));
            assertThat(rendering.generatedIsWhole()).isTrue();
            ran++;
        }
        Golden.ran("chat_templates generation spans", ran, ran);
    }

    @Test void rendersOurOwnTemplates() {
        var all = Golden.json("tokenizers/chat_templates.json");
        int ran = 0;
        for (var expected : all.get("cases")) {
            var variables = new HashMap<String, Object>();
            for (String name : List.of("bos_token", "eos_token")) {
                variables.put(name, all.get(name).asText());
            }
            for (String name : List.of("messages", "add_generation_prompt", "tools")) {
                variables.put(name, JSON.convertValue(expected.get(name), Object.class));
            }
            String template = all.get("templates").get(expected.get("template").asText()).asText();
            assertThat(Template.parse(template).render(variables).text().toString())
                    .isEqualTo(expected.get("text").asText());
            ran++;
        }
        Golden.ran("tokenizers chat_templates", ran);
    }

    private String outcome(JsonNode expected) throws IOException {
        try {
            return rendering(expected).text().toString();
        } catch (TemplateException e) {
            return "raises " + e.getMessage();
        }
    }

    private Rendering rendering(JsonNode expected) throws IOException {
        String file = expected.get("file").asText();
        if (!parsed.containsKey(file)) {
            parsed.put(file, Template.parse(Files.readString(folder().resolve(file))));
        }
        return parsed.get(file)
                .render(JSON.convertValue(expected.get("ctx"), new TypeReference<Map<String, Object>>() {}), CLOCK);
    }

    private static Path folder() { return Golden.at("chat_templates/templates"); }
}
