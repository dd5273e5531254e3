package io.weft.app.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.AnswerForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import static io.weft.problem.Language.say;

/**
 * What the text of an answer must be: OpenAI's {@code response_format}, and the names that vLLM has for the same,
 * older and newer. One of them at most.
 */
final class FormParameters {
    private static final String FORMAT = "response_format", STRUCTURED = "structured_outputs", SCHEMA = "schema";
    static final Set<String> NAMES = Set.of(FORMAT, "guided_json", "guided_regex", "guided_choice", STRUCTURED);
    private static final int MOST_CHOICES = 1000, LONGEST_PATTERN = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private FormParameters() {}

    static Optional<AnswerForm> read(RequestBody body) {
        List<AnswerForm> forms = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (String name : new TreeSet<>(NAMES)) {
            if (body.has(name)) {
                form(name, body.get(name)).ifPresent(form -> {
                    forms.add(form);
                    names.add(name);
                });
            }
        }
        if (forms.size() > 1) {
            throw Refusal.request(String.join(", ", names),
                    say("an answer has one form; send one of %s", String.join(", ", names)));
        }
        return forms.stream().findFirst();
    }

    private static Optional<AnswerForm> form(String name, JsonNode value) {
        return switch (name) {
            case FORMAT -> format(value);
            case STRUCTURED -> structured(value);
            default -> Optional.of(form(name, name.substring("guided_".length()), value));
        };
    }

    private static Optional<AnswerForm> format(JsonNode value) {
        switch (value.path("type").asText()) {
            case "text" -> { return Optional.empty(); }
            case "json_object" -> {
                return Optional.of(value.hasNonNull(SCHEMA) ? schema(FORMAT + '.' + SCHEMA, value.get(SCHEMA))
                        : new AnswerForm.Json());
            }
            case "json_schema" -> {
                return Optional.of(schema(FORMAT + ".json_schema.schema", value.path("json_schema").path(SCHEMA)));
            }
            default -> throw RequestBody.wrong(FORMAT + ".type", value.path("type"),
                    say("text, json_object or json_schema"));
        }
    }

    private static Optional<AnswerForm> structured(JsonNode value) {
        List<AnswerForm> forms = new ArrayList<>();
        for (String kind : List.of("json", "regex", "choice")) {
            if (value.hasNonNull(kind)) {
                forms.add(form(STRUCTURED + '.' + kind, kind, value.get(kind)));
            }
        }
        if (value.path("json_object").asBoolean()) {
            forms.add(new AnswerForm.Json());
        }
        for (String other : List.of("grammar", "structural_tag")) {
            if (value.hasNonNull(other)) {
                throw Refusal.request(400, "unsupported_parameter", STRUCTURED + '.' + other,
                        say("'%s' is not supported by this server; leave it out", STRUCTURED + '.' + other));
            }
        }
        if (!value.isObject() || forms.size() > 1) {
            throw RequestBody.wrong(STRUCTURED, value, say("an object with one of json, regex, choice, json_object"));
        }
        return forms.stream().findFirst();
    }

    private static AnswerForm form(String name, String kind, JsonNode value) {
        return switch (kind) {
            case "json" -> schema(name, value);
            case "regex" -> pattern(name, value);
            default -> choice(name, value);
        };
    }

    /** A schema, or its text. */
    private static AnswerForm schema(String name, JsonNode given) {
        JsonNode schema = given;
        if (given.isTextual()) {
            try {
                schema = JSON.readTree(given.asText());
            } catch (JsonProcessingException e) {
                throw RequestBody.wrong(name, given, say("a JSON schema"));
            }
        }
        if (!schema.isObject()) {
            throw RequestBody.wrong(name, given, say("a JSON schema"));
        }
        return new AnswerForm.JsonSchema(schema);
    }

    private static AnswerForm pattern(String name, JsonNode value) {
        if (!value.isTextual() || value.asText().isEmpty() || value.asText().length() > LONGEST_PATTERN) {
            throw RequestBody.wrong(name, value, say("a regular expression of 1 to %,d characters", LONGEST_PATTERN));
        }
        if (PatternSize.of(value.asText()) > LONGEST_PATTERN) {
            throw Refusal.request(name, say("'%s' repeats its parts too often: written out it may have %,d parts",
                    name, LONGEST_PATTERN));
        }
        try {
            Pattern.compile(value.asText());
        } catch (PatternSyntaxException e) {
            throw Refusal.request(name, say("'%s' is no regular expression: %s (at character %d)", name,
                    e.getDescription(), e.getIndex() + 1));
        }
        return new AnswerForm.Pattern(value.asText());
    }

    private static AnswerForm choice(String name, JsonNode value) {
        if (!value.isArray() || value.isEmpty() || value.size() > MOST_CHOICES) {
            throw RequestBody.wrong(name, value, say("a list of 1 to %d texts", MOST_CHOICES));
        }
        List<String> words = new ArrayList<>();
        for (JsonNode each : value) {
            if (!each.isTextual() || each.asText().isEmpty()) {
                throw RequestBody.wrong(name, each, say("a text"));
            }
            // every other character as it is: any reader of expressions takes a backslash before punctuation
            words.add(each.asText().replaceAll("[\\\\^$.|?*+()\\[\\]{}]", "\\\\$0"));
        }
        return new AnswerForm.Pattern('(' + String.join("|", words) + ')');
    }
}
