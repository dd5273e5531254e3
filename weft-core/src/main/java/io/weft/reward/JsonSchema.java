package io.weft.reward;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Matching;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * 1 where the answer is one JSON value that a schema takes, else 0. A code fence around all of it is left out. See
 * {@link SchemaCheck} for what of JSON Schema is known; a schema with anything else is refused.
 *
 * @param schema a file, or the schema itself, which begins with a brace
 */
public record JsonSchema(double weight, String schema) implements Reward {
    private static final Section<JsonSchema> SECTION = Section.of("jsonSchema", new JsonSchema(),
            text("1 where the answer is JSON that a schema takes, else 0"), WEIGHT,
            Setting.of("schema", new Matching(Pattern.compile(".+", Pattern.DOTALL),
                    text("a file with a JSON schema, or the schema itself")),
                    text("a JSON schema: a file, or the text itself")).required("schema.json"));
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final Pattern FENCE = Pattern.compile("```(?:json)?\\s*\\n(.*)\\n\\s*```", Pattern.DOTALL);

    public JsonSchema() { this(1, ""); }

    @Override public Section<JsonSchema> section() { return SECTION; }

    @Override public List<String> problems() {
        try {
            return SchemaCheck.problems(read());
        } catch (JsonProcessingException e) {
            return List.of(say("%s is no JSON: %s", schema, e.getOriginalMessage()));
        } catch (IOException e) {
            return List.of(say("%s cannot be read: %s", schema, e.getMessage()));
        }
    }

    private JsonNode read() throws IOException {
        return JSON.readTree(schema.strip().startsWith("{") ? schema : Files.readString(Path.of(schema)));
    }

    @Override public Reward ready() {
        try {
            return new Read(this, read());
        } catch (IOException e) {
            throw new IllegalStateException(e);   // problems() told it
        }
    }

    @Override public double of(Answered answered) { return ready().of(answered); }

    /** With its schema in memory. */
    private record Read(JsonSchema of, JsonNode schema) implements Reward {
        @Override public Section<JsonSchema> section() { return SECTION; }

        @Override public double weight() { return of.weight; }

        @Override public double of(Answered answered) {
            String text = answered.answer().strip();
            Matcher fence = FENCE.matcher(text);
            try {
                JsonNode value = JSON.readTree(fence.matches() ? fence.group(1) : text);
                return !value.isMissingNode() && SchemaCheck.takes(schema, value) ? 1 : 0;
            } catch (JsonProcessingException e) {
                return 0;
            }
        }
    }
}
