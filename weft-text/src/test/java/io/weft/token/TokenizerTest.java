package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.problem.UserError;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.read.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;

    @Test void specialTextIsASpecialTokenOnlyWhereItIsAskedFor() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            String text = "the cat<|im_end|>";
            assertThat(tokenizer.encodeBare(text)).endsWith(399).hasSizeLessThan(5);
            assertThat(tokenizer.encodePlain(text)).doesNotContain(397, 398, 399);
            assertThat(tokenizer.decode(tokenizer.encodePlain(text), true)).isEqualTo(text);
            assertThat(tokenizer.decode(tokenizer.encodeBare(text), true)).isEqualTo("the cat");
            assertThat(tokenizer.isSpecial(399)).isTrue();
            assertThat(tokenizer.isSpecial(300)).isFalse();
            assertThat(tokenizer.id("<|im_end|>")).hasValue(399);
            assertThat(tokenizer.id("no such")).isEmpty();
            assertThat(tokenizer.token(400)).isEmpty();
        }
    }

    @Test void addedTokensThatAreNotSpecialStayTokensInPlainText() throws IOException {
        edit(root -> {
            root.withArray("added_tokens").addObject().put("id", 400).put("content", "<think>")
                    .put("single_word", false).put("lstrip", false).put("rstrip", false)
                    .put("normalized", false).put("special", false);
        });
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.size()).isEqualTo(401);
            assertThat(tokenizer.encodeBare("<think><|im_end|>")).containsExactly(400, 399);
            assertThat(tokenizer.encodePlain("<think>")).containsExactly(400);
            assertThat(tokenizer.encodePlain("<|im_end|>")).doesNotContain(399);
        }
    }

    @Test void aSpecialTokenInTheModelsOwnVocabularyIsNotReachedByPlainText() throws IOException {
        edit(root -> {                                               // "cat" as a special token: merges lead to it
            int id = root.path("model").path("vocab").path("cat").asInt(-1);
            assertThat(id).isNotNegative();
            root.withArray("added_tokens").insertObject(0).put("id", id).put("content", "cat").put("single_word", false)
                    .put("lstrip", false).put("rstrip", false)
                    .put("normalized", false).put("special", true);
        }, List.of("cat cat cat", "c a t"));
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            int cat = tokenizer.id("cat").orElseThrow();
            assertThat(tokenizer.encodeBare("cat")).containsExactly(cat);
            assertThat(tokenizer.encodePlain("cat")).doesNotContain(cat);
            assertThat(tokenizer.decode(tokenizer.encodePlain("cat"), true)).isEqualTo("cat");
        }
    }

    @Test void theBeginTokenIsAddedByEncodeAlone() {
        TinyTokenizers.writeWithBegin(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.encode("the cat")).startsWith(397).endsWith(tokenizer.encodeBare("the cat"));
            assertThat(tokenizer.encodeBare("the cat")).doesNotContain(397);
            assertThat(tokenizer.prefix()).containsExactly(397);
            assertThat(tokenizer.bos()).hasValue(397);
            assertThat(tokenizer.eos()).hasValue(399);
        }
    }

    @Test void longTextsAreNeverCut() throws IOException {
        edit(root -> root.putObject("truncation").put("direction", "Right").put("max_length", 4)
                .put("strategy", "LongestFirst").put("stride", 0));
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.encode("9".repeat(5000))).hasSize(5000);
        }
    }

    @Test void spansCountUtf16UnitsAndBrokenSurrogatesBecomeOneReplacement() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            Encoding encoding = tokenizer.encodeBareWithSpans("🙂9🙂8");
            assertThat(encoding.starts()).containsExactly(0, 0, 0, 0, 2, 3, 3, 3, 3, 5);
            assertThat(encoding.ends()).containsExactly(2, 2, 2, 2, 3, 5, 5, 5, 5, 6);
            assertThat(tokenizer.decode(tokenizer.encode("9\ud83d8\ude42"), true)).isEqualTo("9\uFFFD8\uFFFD");
            assertThat(tokenizer.encodeBareWithSpans("9\ud83d8").starts()).containsExactly(0, 1, 1, 1, 2);
        }
    }

    @Test void streamedTextEqualsTheWholeForAnyIds() throws IOException {
        var random = new Random(7);
        writeByteFallback();
        for (Path one : List.of(TinyTokenizers.write(folder.resolve("bytes")), folder)) {
            try (Tokenizer tokenizer = Tokenizer.read(one)) {
                for (int round = 0; round < 200; round++) {
                    int[] ids = random.ints(30, 0, tokenizer.size() + 1).toArray();
                    TokenizerGoldenTest.streamsAs(tokenizer, ids);
                }
                for (String text : List.of("  the cat", "这只猫 🙂🙂 the cat", "a<|im_end|> b", " ")) {
                    TokenizerGoldenTest.streamsAs(tokenizer, tokenizer.encode(text));
                }
            }
        }
    }

    @Test void aStreamReturnsEachCharacterAsSoonAsItIsWhole() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            var stream = tokenizer.stream();
            int[] ids = tokenizer.encodeBare("9🙂8");
            assertThat(ids).hasSize(6);
            List<String> texts = new ArrayList<>();
            for (int id : ids) {
                texts.add(stream.push(id));
            }
            assertThat(texts).containsExactly("9", "", "", "", "🙂", "8");
            assertThat(stream.finish()).isEmpty();
            stream.push(ids[1]);
            assertThat(stream.finish()).isEqualTo("\uFFFD");
        }
    }

    @Test void severalThreadsMayEncodeAtOnce() throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            List<int[]> expected = TinyTokenizers.sentences().stream().map(tokenizer::encode).toList();
            Callable<List<int[]>> all = () -> TinyTokenizers.sentences().stream().map(tokenizer::encode).toList();
            for (Future<List<int[]>> one : pool.invokeAll(List.of(all, all, all, all))) {
                assertThat(one.get()).usingRecursiveComparison().isEqualTo(expected);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test void useAfterCloseIsRefused() {
        Tokenizer tokenizer = TinyTokenizers.make(folder);
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test void readingProblemsNameTheFileAndTheReason() throws IOException {
        refused("tokenizer.json", "no such file");
        Files.writeString(folder.resolve("tokenizer.model"), "x");
        refused("tokenizer.model, byte 1", "transformers");
        Path json = folder.resolve("tokenizer.json");
        Files.writeString(json, "{\n  \"model\": {,\n");
        refused("tokenizer.json line 2", "not valid JSON");
        Files.writeString(json, "[1]");
        refused("tokenizer.json", "should hold a JSON object");
        Files.writeString(json, "{}");
        refused("tokenizer.json", "model.type is missing");
        Files.writeString(json, "{\"model\": {\"type\": \"Magic\", \"vocab\": {\"a\": 0}}}");
        refused("model.type is \"Magic\"", "expected BPE");
        Files.writeString(json, "{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}");
        refused("tokenizer.json", "model.vocab is missing or empty");
        Files.writeString(json, "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -4}}}");
        refused("tokenizer.json", "'a'");
        Files.writeString(json,
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [[\"a\", \"q\"]]}}");
        refused("tokenizer.json", "model.merges[0] ([\"a\",\"q\"]) needs the token 'q'");
        Files.write(json, new byte[] {'{', '"', (byte) 0xFF, (byte) 0xFE});
        refused("tokenizer.json", "");
        TinyTokenizers.write(folder);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": {\"text\": \"<eos>\"}}");
        refused("tokenizer_config.json eos_token", "the token's text as content");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": 7}");
        refused("tokenizer_config.json", "eos_token is 7");
    }

    @Test void anEndTokenThatNoVocabularyHasIsANewOneAndToldOrRefusedWhereTheEmbeddingEnds() throws IOException {
        TinyTokenizers.write(folder);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": {\"content\": \"<eos>\"}}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.eos()).hasValue(400);
            assertThat(tokenizer.encodeBare("a<eos>")).endsWith(400);
            assertThat(tokenizer.encodePlain("a<eos>")).doesNotContain(400);
            assertThat(tokenizer.notes()).singleElement().asString().contains("eos_token '<eos>'", "id 400");
        }
        assertThatThrownBy(() -> Tokenizer.read(folder, 400)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("token '<eos>' has the id 400", "400 rows");
    }

    @Test void aTokenWithoutARowInTheEmbeddingIsRefusedOnlyWhereATextHoldsIt() throws IOException {
        TinyTokenizers.write(folder);
        JsonNode config = JSON.readTree(folder.resolve("tokenizer_config.json").toFile());
        JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(),
                ((ObjectNode) config).set("added_tokens_decoder", JSON.readTree("""
                {"400": {"content": "<image>", "special": false}}""")));
        try (Tokenizer tokenizer = Tokenizer.read(folder, 400)) {
            assertThat(tokenizer.encodePlain("the cat")).isNotEmpty();
            assertThat(tokenizer.notes()).singleElement().asString().contains("ids up to 400", "'<image>' (400)");
            List<Callable<Object>> ways = List.of(() -> tokenizer.encode("a<image>"),
                    () -> tokenizer.encodeBare("<image>"), () -> tokenizer.encodePlain("<image>"),
                    () -> tokenizer.encodeBareWithSpans("<image>"), () -> tokenizer.encodeGuarded("<image>"));
            for (Callable<Object> way : ways) {
                assertThatThrownBy(way::call).isInstanceOf(UserError.class)
                        .hasMessageContainingAll("'<image>'", "400", "embedding");
            }
            var encoder = ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 100, OverLength.REFUSE);
            assertThat(encoder.encode(row("a <image>"))).isEmpty();
            assertThat(encoder.encode(row("the cat"))).hasSize(1);
            assertThat(encoder.setAside()).singleElement().asString().contains("rows.jsonl line 3", "'<image>'");
        }
        try (Tokenizer tokenizer = Tokenizer.read(folder, 401)) {
            assertThat(tokenizer.encodePlain("<image>")).containsExactly(400);
            assertThat(tokenizer.notes()).isEmpty();
        }
    }

    @Test void aMissingConfigMeansNoNamedTokens() throws IOException {
        TinyTokenizers.write(folder);
        Files.delete(folder.resolve("tokenizer_config.json"));
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.eos()).isEmpty();
            assertThat(tokenizer.pad()).isEmpty();
        }
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"eos_token\": {\"content\": \"<|im_end|>\"}}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.eos()).hasValue(399);
        }
    }

    private static Conversation row(String question) {
        return new Conversation(List.of(Message.user(question), Message.assistant("b")), new Place("rows.jsonl", 3));
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> Tokenizer.read(folder)).isInstanceOf(UserError.class).hasMessageContainingAll(parts);
    }

    private interface Edit {
        void apply(ObjectNode root);
    }

    private void edit(Edit edit) throws IOException { edit(edit, TinyTokenizers.sentences()); }

    private void edit(Edit edit, List<String> texts) throws IOException {
        new BpeTrainer(400, List.of(TinyTokenizers.PAD, TinyTokenizers.START, TinyTokenizers.END), TinyTokenizers.END,
                TinyTokenizers.PAD).train(texts, folder);
        Path json = folder.resolve("tokenizer.json");
        var root = (ObjectNode) JSON.readTree(json.toFile());
        edit.apply(root);
        JSON.writeValue(json.toFile(), root);
    }

    /**
     * Llama 2's kind: words begin with a sign for the space before them, the first space is dropped again, unknown
     * characters are spelt in bytes.
     */
    private void writeByteFallback() throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree("""
                {"version": "1.0", "truncation": null, "padding": null,
                 "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, \
                 "rstrip": false, "normalized": false, "special": true}],
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, \
                 {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
                 "pre_tokenizer": null, "post_processor": null,
                 "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, \
                 "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
                     {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
                 "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null, \
                 "end_of_word_suffix": null, "fuse_unk": true,
                     "byte_fallback": true, "vocab": {"<unk>": 0}, "merges": [["▁", "c"], ["a", "t"], ["▁c", "at"]]}}\
                """);
        ObjectNode vocabulary = (ObjectNode) root.path("model").path("vocab");
        for (int b = 0; b < 256; b++) {
            vocabulary.put("<0x%02X>".formatted(b), vocabulary.size());
        }
        for (String piece : List.of("▁", "a", "c", "t", "h", "e", "▁c", "at", "▁cat", "猫")) {
            vocabulary.put(piece, vocabulary.size());
        }
        JSON.writeValue(folder.resolve("tokenizer.json").toFile(), root);
    }
}
