package io.weft.token.form;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HeldTextTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir static Path folder;
    private static Tokenizer tokenizer;
    private static TokenTrie trie;

    @BeforeAll static void open() {
        Language.use(Language.ENGLISH);
        tokenizer = TinyTokenizers.make(folder);
        trie = TokenTrie.of(tokenizer);
    }

    @AfterAll static void close() { tokenizer.close(); }

    @Test void aTextIsTakenExactlyWhereAnExpressionMatchesItWhole() {
        List<String> texts = List.of("", "a", "ab", "abab", "2024-01-31", "2024-1-31", "éa", "猫", "猫猫猫", "the cat",
                "x\ny",
                "-", "]", "\\", "a.b", "ff", "😀");
        for (String expression : List.of("(ab)*", "a|ab", "\\d{4}-\\d{2}-\\d{2}", "[^a-z]+", ".", ".{1,3}", "猫+", "é?a",
                "[\\w ]+", "a\\.b", "[\\]\\\\-]", "\\S+", "^(?:f|a){2}$", "x\\ny", "[a-c]{1,2}?", "\\u732b",
                "[\\s\\S]*")) {
            Form form = Form.pattern(expression, trie);
            for (String text : texts) {
                assertThat(takes(form, text)).as(expression + " of " + text)
                        .isEqualTo(java.util.regex.Pattern.compile(expression).matcher(text).matches());
            }
        }
    }

    /** Byte by byte of UTF-8, as tokens' bytes come. */
    private static boolean takes(Form form, String text) {
        Form.Walk walk = form.walk();
        for (int id : tokenizer.encodePlain(text)) {
            if ((walk.allowed()[id >> 6] >> id & 1) == 0) {
                return false;
            }
            walk.take(id);
        }
        return walk.mayEnd();
    }

    @Test void whatCannotBeHeldToIsRefusedByName() {
        for (String expression : List.of("(?=a)b", "(a)\\1", "a\\b", "a++", "a{2001}", "(a", "a)", "[a", "*a",
                "a$b", "\\p{L}")) {
            assertThatThrownBy(() -> Form.pattern(expression, trie)).as(expression).isInstanceOf(UserError.class)
                    .hasMessageContaining("cannot be held to");
        }
        assertThatThrownBy(() -> Form.schema(json("""
                {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"oneOf": []},
                "c": {"type": "text"}, "d": {"$ref": "#/nowhere"}, "e": {"type": "array", "uniqueItems": true}}}"""),
                trie)).isInstanceOf(UserError.class).hasMessageContaining("minimum").hasMessageContaining("#/nowhere")
                .hasMessageContaining("uniqueItems").hasMessageContaining("\"text\"");
        assertThatThrownBy(() -> Form.schema(json("{\"anyOf\": [{\"$ref\": \"#\"}]}"), trie))
                .isInstanceOf(UserError.class).hasMessageContaining("refers to itself");
    }

    @Test void jsonIsTakenWhereItHoldsToTheSchemaAndNowhereElse() {
        Form form = Form.schema(json("""
                {"type": "object", "required": ["name", "tags"], "additionalProperties": false, "properties": {
                  "name": {"type": "string", "minLength": 2, "maxLength": 5}, "age": {"type": ["integer", "null"]},
                  "tags": {"type": "array", "items": {"enum": ["a", "猫", 3]}, "minItems": 1, "maxItems": 2},
                  "code": {"type": "string", "pattern": "^[A-Z]\\"\\\\d$"},
                  "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"const": {"k": [1]}}]}},
                 "$defs": {"node": {"type": "object", "required": ["left"], "properties": {
                  "left": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "boolean"}]}}}}}"""), trie);
        for (String good : List.of("{\"name\":\"ab\",\"tags\":[\"a\"]}",
                "{\"name\": \"猫\\\"😀\", \"age\": -12, \"tags\": [3, \"猫\"]}",
                "{\n  \"name\": \"abcde\",\n  \"age\": null,\n  \"tags\": [\n    \"a\"\n  ],\n"
                + "  \"code\": \"A\\\"7\"\n}",
                "{\"name\":\"ab\",\"tags\":[3],\"next\":{\"left\":{\"left\":{\"left\":true}}}}",
                "{\"name\":\"ab\",\"tags\":[3],\"next\":{\"k\":[1]}}")) {
            assertThat(takes(form, good)).as(good).isTrue();
        }
        for (String bad : List.of("{}", "{\"name\":\"a\",\"tags\":[\"a\"]}", "{\"name\":\"abcdef\",\"tags\":[\"a\"]}",
                "{\"name\":\"ab\"}", "{\"name\":\"ab\",\"tags\":[]}", "{\"name\":\"ab\",\"tags\":[3,3,3]}",
                "{\"name\":\"ab\",\"tags\":[\"b\"]}", "{\"name\":\"ab\",\"age\":01,\"tags\":[3]}",
                "{\"name\":\"ab\",\"tags\":[3],\"more\":1}", "{\"name\":\"ab\",\"tags\":[3],}",
                "{\"name\":\"a\nb\",\"tags\":[3]}",
                "{\"name\":\"ab\",\"tags\":[3],\"code\":\"A7\"}", "{\"name\":\"ab\",\"tags\":[3]} ")) {
            assertThat(takes(form, bad)).as(bad).isFalse();
        }
    }

    @Test void whateverIsDrawnParsesAndIsTaken() throws JsonProcessingException {
        Form any = Form.json(trie);
        Random random = new Random(1);
        int deepest = 0;
        for (int text = 0; text < 60; text++) {
            Form.Walk walk = any.walk();
            List<Integer> ids = new ArrayList<>();
            while (!walk.mustEnd() && ids.size() < 400) {
                int[] allowed = allowed(walk.allowed());
                assertThat(allowed).as("something may always follow").isNotEmpty();
                ids.add(allowed[random.nextInt(allowed.length)]);
                walk.take(ids.get(ids.size() - 1));
            }
            if (walk.mustEnd()) {
                String said = tokenizer.decode(ids.stream().mapToInt(id -> id).toArray(), true);
                assertThat(JSON.readTree(said).isObject()).as(said).isTrue();
                assertThat(said.getBytes(StandardCharsets.UTF_8)).isNotEmpty();
                deepest++;
            }
        }
        assertThat(deepest).as("some of them end").isPositive();
    }

    private static int[] allowed(long[] bits) { return java.util.BitSet.valueOf(bits).stream().toArray(); }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
