package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Files of which any one part is something else: read, or refused in Weft's own words, but never the end of the
 * process, which is what a panic of the native library is.
 */
class BrokenTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FOREIGN = "(?s).*(untagged|serde|variant|Tokenizer\\.|djl|[Jj]ackson|Rust|Exception|"
            + "Feature|io\\.weft|fasterxml|invalid type|expected struct).*";
    private static final List<String> JUNK = List.of("null", "\"\"", "\"Magic\"", "-1", "true", "[]", "{}",
            "[[\"a\", \"b\", \"c\"]]", "99999999999");
    private static final List<String> TEXTS = List.of("", "a b", "hello  World 12", "猫 <s> é\u0000");
    private static final String ADDED = """
            "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
              "normalized": false, "special": true}]""";
    private static final String TEMPLATE = """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
              {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}},
              {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}""";
    private static final List<String> FILES = List.of("""
            {"version": "1.0", "truncation": null, "padding": null, %s,
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
               {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false},
             "post_processor": %s,
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"},
               "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
               {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
               "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
               "vocab": {"<s>": 0, "<unk>": 1, "▁": 2, "a": 3, "b": 4, "▁a": 5, "<0x0A>": 6},
               "merges": ["▁ a"]}}""".formatted(ADDED, TEMPLATE), """
            {"version": "1.0", %s,
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
               "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "BertProcessing", "sep": ["<s>", 0], "cls": ["<s>", 0]},
             "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
               "max_input_chars_per_word": 100, "vocab": {"<s>": 0, "[UNK]": 1, "a": 2, "##b": 3}}}"""
            .formatted(ADDED), """
            {"version": "1.0", %s, "normalizer": {"type": "Strip", "strip_left": true, "strip_right": true},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\\\d"},
               "behavior": "Isolated", "invert": false}, {"type": "Punctuation", "behavior": "Isolated"},
               {"type": "CharDelimiterSplit", "delimiter": "-"}, {"type": "FixedLength", "length": 3}]},
             "post_processor": {"type": "Sequence", "processors": [{"type": "RobertaProcessing", "sep": ["<s>", 0],
               "cls": ["<s>", 0], "trim_offsets": true, "add_prefix_space": true}]},
             "decoder": {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true},
             "model": {"type": "Unigram", "unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["a", -1.5],
               ["b", -2.0]], "byte_fallback": false}}""".formatted(ADDED), """
            {"version": "1.0", %s, "pre_tokenizer": {"type": "Whitespace"}, "decoder": {"type": "BPEDecoder",
               "suffix": "</w>"},
             "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<s>": 0, "<unk>": 1, "a": 2}}}"""
            .formatted(ADDED));
    @TempDir Path folder;

    @Test void anyPartMayBeJunk() throws IOException {
        List<String> wrong = new ArrayList<>();
        int read = 0, refused = 0;
        for (String file : FILES) {
            List<List<Object>> places = new ArrayList<>();
            collect(JSON.readTree(file), new ArrayList<>(), places);
            for (List<Object> place : places) {
                for (int i = -1; i < JUNK.size(); i++) {
                    JsonNode root = JSON.readTree(file);
                    put(root, place, i < 0 ? null : JSON.readTree(JUNK.get(i)));
                    String told = tell(root);
                    read += told.isEmpty() ? 1 : 0;
                    refused += told.isEmpty() ? 0 : 1;
                    boolean named = told.isEmpty() || told.contains("tokenizer");
                    if (told.matches(FOREIGN) || told.startsWith("!") || !named) {
                        wrong.add(place + " = " + (i < 0 ? "gone" : JUNK.get(i)) + ": " + told);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(read).isGreaterThan(100);
        assertThat(refused).isGreaterThan(500);
    }

    @Test void whatIsWrongIsNamed() throws IOException {
        said("{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Replace\", "
                + "\"content\": 5}]}",
                "normalizer.normalizers[1] has the type \"Replace\"", "content: 5", "it takes content, pattern");
        said("[1]", "normalizer is [1]", "an object");
        said("{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFZ\"}]}",
                "normalizer.normalizers[0] has the type \"NFZ\"", "NFKC");
    }

    @Test void aMergeWithoutItsTokenIsNamedInBothSpellings() throws IOException {
        for (String merges : List.of("[\"▁ q\"]", "[[\"▁\", \"q\"]]")) {
            ObjectNode root = (ObjectNode) JSON.readTree(FILES.get(0));
            ((ObjectNode) root.path("model")).set("merges", JSON.readTree(merges));
            assertThat(tell(root)).contains("model.merges[0]", "needs the token 'q'");
        }
    }

    private void said(String normalizer, String... parts) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(FILES.get(0));
        root.set("normalizer", JSON.readTree(normalizer));
        Files.writeString(folder.resolve("tokenizer.json"), root.toString());
        assertThatThrownBy(() -> Tokenizer.read(folder)).isInstanceOf(UserError.class).hasMessageContainingAll(parts);
    }

    private String tell(JsonNode root) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), root.toString());
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (String text : TEXTS) {
                tokenizer.decode(tokenizer.encode(text), false);
                tokenizer.decode(tokenizer.encodePlain(text), true);
                tokenizer.encodeBareWithSpans(text);
            }
            return "";
        } catch (UserError e) {
            return e.getMessage().replace(folder.toString(), "");
        } catch (RuntimeException e) {
            return "! " + e;
        }
    }

    private static void collect(JsonNode node, List<Object> at, List<List<Object>> places) {
        if (!at.isEmpty()) {
            places.add(List.copyOf(at));
        }
        node.properties().forEach(entry -> step(entry.getValue(), entry.getKey(), at, places));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            step(node.get(i), i, at, places);
        }
    }

    private static void step(JsonNode child, Object key, List<Object> at, List<List<Object>> places) {
        at.add(key);
        collect(child, at, places);
        at.remove(at.size() - 1);
    }

    private static void put(JsonNode root, List<Object> place, JsonNode value) {
        JsonNode parent = root;
        for (Object key : place.subList(0, place.size() - 1)) {
            parent = key instanceof Integer i ? parent.get(i) : parent.get((String) key);
        }
        Object last = place.get(place.size() - 1);
        if (parent instanceof ArrayNode list) {
            if (value == null) {
                list.remove((Integer) last);
            } else {
                list.set((Integer) last, value);
            }
        } else if (value == null) {
            ((ObjectNode) parent).remove((String) last);
        } else {
            ((ObjectNode) parent).set((String) last, value);
        }
    }
}
