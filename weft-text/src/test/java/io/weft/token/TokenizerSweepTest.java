package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Each key of a small tokenizer folder deleted, emptied, turned and set, against the ids that transformers gives
 * (src/test/python/tokenizer_sweep.py made the file). Where transformers refuses a folder, Weft may refuse it, too, in
 * its own words; where it gives ids, Weft gives the same, or names the key.
 */
class TokenizerSweepTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FOREIGN = "(?s).*(untagged|serde|variant|Tokenizer\\.|ai\\.djl|Jackson|Rust|Exception|"
            + "Feature|com\\.|io\\.weft).*";
    @TempDir Path folder;

    @Test void everyKeyIsComputedAsTransformersDoesOrRefusedByName() throws IOException {
        JsonNode sweep = sweep();
        List<String> wrong = new ArrayList<>();
        for (JsonNode one : sweep.path("cases")) {
            write(sweep.path("files"), one.path("edit"));
            String told = judge(sweep, one);
            if (!told.isEmpty()) {
                wrong.add(name(one.path("edit")) + ": " + told);
            }
        }
        assertThat(sweep.path("cases").size()).isGreaterThan(300);
        assertThat(wrong).isEmpty();
    }

    @Test void aKeyThatNobodyKnowsIsTold() throws IOException {
        JsonNode sweep = sweep();
        for (String edit : List.of("[[\"set\", [\"tokenizer.json\", \"model\", \"new_in_2030\"], 1]]",
                "[[\"set\", [\"tokenizer.json\", \"pre_tokenizer\", \"new_in_2030\"], true]]",
                "[[\"set\", [\"tokenizer_config.json\", \"new_in_2030\"], true]]")) {
            write(sweep.path("files"), JSON.readTree(edit));
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                assertThat(tokenizer.notes()).as(edit).singleElement().asString().contains("new_in_2030");
            }
        }
        write(sweep.path("files"), JSON.createArrayNode());
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.notes()).isEmpty();
        }
    }

    @Test void vocabularyAndMergesGiveTheSameIdsAsTransformersMakesOfThem() throws IOException {
        JsonNode sweep = sweep();
        for (JsonNode one : sweep.path("older")) {
            writeOlder(sweep, one);
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                assertThat(tokenizer.eos()).hasValue(one.path("eos").asInt());
                for (int i = 0; i < sweep.path("texts").size(); i++) {
                    assertThat(tokenizer.encode(sweep.path("texts").path(i).asText()))
                            .as(one.path("tokenizer_config.json") + " " + sweep.path("texts").path(i))
                            .isEqualTo(ints(one.path("ids").path(i)));
                }
            }
        }
    }

    @Test void vocabularyAndMergesThatNothingSaysHowToUseAreRefused() throws IOException {
        JsonNode sweep = sweep();
        writeOlder(sweep, JSON.readTree("""
                {"tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer"},
                 "config.json": {"model_type": "x"}}"""));
        refused("no tokenizer.json", "vocab.json and merges.txt", "CLIPTokenizer", "save_pretrained");
        writeOlder(sweep, sweep.path("older").get(0));
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nt h\nx\n");
        refused("merges.txt line 3", "'x'");
        Files.writeString(folder.resolve("merges.txt"), "猫 h\n");
        refused("vocab.json", "model.merges[0]", "'猫'");
        Files.writeString(folder.resolve("vocab.json"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        refused("vocab.json", "git lfs pull");
        Files.delete(folder.resolve("merges.txt"));
        refused("no such file", "vocab.json");
    }

    @Test void filesOfOtherKindsAreNamed() throws IOException {
        Files.writeString(folder.resolve("tokenizer.model"), "IQ== 0\nIg== 1\n");
        refused("tokenizer.model is a tiktoken file", "save_pretrained");
        Files.writeString(folder.resolve("tokenizer.model"), "version https://git-lfs.github.com/spec/v1\noid x\n");
        refused("tokenizer.model", "git lfs pull");
        Files.delete(folder.resolve("tokenizer.model"));
        Files.writeString(folder.resolve("qwen.tiktoken"), "IQ== 0\n");
        Files.writeString(folder.resolve("tekken.json"), "{}");
        refused("no such file", "qwen.tiktoken (tiktoken), tekken.json (tekken)", "save_pretrained");
        Files.writeString(folder.resolve("tokenizer.json"), "version https://git-lfs.github.com/spec/v1\noid x\n");
        refused("tokenizer.json", "git lfs pull");
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> Tokenizer.read(folder)).isInstanceOf(UserError.class).hasMessageContainingAll(parts);
    }

    private void writeOlder(JsonNode sweep, JsonNode one) throws IOException {
        JsonNode model = sweep.path("files").path("tokenizer.json").path("model");
        JSON.writeValue(folder.resolve("vocab.json").toFile(), model.path("vocab"));
        var merges = new StringBuilder("#version: 0.2\n");
        model.path("merges").forEach(pair -> merges.append(pair.path(0).asText()).append(' ')
                .append(pair.path(1).asText()).append('\n'));
        Files.writeString(folder.resolve("merges.txt"), merges);
        for (String name : List.of("tokenizer_config.json", "config.json")) {
            JSON.writeValue(folder.resolve(name).toFile(), one.path(name));
        }
    }

    private String judge(JsonNode sweep, JsonNode one) {
        JsonNode right = one.has("usual") ? sweep.path("usual") : one;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (int i = 0; i < sweep.path("texts").size(); i++) {
                String text = sweep.path("texts").path(i).asText();
                int[] ids = tokenizer.encode(text), bare = tokenizer.encodeBare(text);
                if (!one.has("error") && (!Arrays.equals(ids, ints(right.path("ids").path(i)))
                        || !Arrays.equals(bare, ints(right.path("bare").path(i))))) {
                    return "'%s' gives %s, transformers %s".formatted(text, Arrays.toString(ids),
                            right.path("ids").path(i));
                }
            }
            boolean sameEnd = tokenizer.eos().orElse(-1) == right.path("eos").asInt(-1);
            return one.has("error") || sameEnd ? "" : "the end token is " + tokenizer.eos();
        } catch (UserError e) {
            String message = e.getMessage().replace(folder.toString(), "");
            if (message.matches(FOREIGN)) {
                return "told in foreign words: " + message;
            }
            return one.has("error") ? "" : "refused: " + message;
        } catch (RuntimeException e) {
            return "fails with " + e;
        }
    }

    private static String name(JsonNode edit) {
        List<String> words = new ArrayList<>();
        edit.forEach(step -> {
            words.add(step.path(0).asText());
            step.path(1).forEach(key -> words.add(key.asText()));
            words.add(step.path(2).isTextual() ? step.path(2).asText() : step.path(2).toString());
        });
        return words.toString();
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }

    private void write(JsonNode files, JsonNode edit) throws IOException {
        ObjectNode edited = files.deepCopy();
        for (JsonNode step : edit) {
            JsonNode parent = edited;
            JsonNode path = step.path(1);
            for (int i = 0; i + 1 < path.size(); i++) {
                parent = path.get(i).isInt() ? parent.path(path.get(i).asInt()) : parent.path(path.get(i).asText());
            }
            JsonNode last = path.get(path.size() - 1);
            boolean deletes = step.path(0).asText().equals("delete");
            if (parent instanceof ArrayNode list) {
                if (deletes) {
                    list.remove(last.asInt());
                } else {
                    list.set(last.asInt(), step.path(2));
                }
            } else if (deletes) {
                ((ObjectNode) parent).remove(last.asText());
            } else {
                ((ObjectNode) parent).set(last.asText(), step.path(2));
            }
        }
        for (String name : List.of("special_tokens_map.json", "added_tokens.json")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        for (var file : edited.properties()) {
            JSON.writeValue(folder.resolve(file.getKey()).toFile(), file.getValue());
        }
    }

    private static JsonNode sweep() throws IOException {
        try (InputStream in = TokenizerSweepTest.class.getResourceAsStream("/tokenizer-sweep.json")) {
            return JSON.readTree(in);
        }
    }
}
