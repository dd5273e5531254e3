package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.token.read.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Ids, spans and texts of the golden tokenizers, for each folder of golden/tokenizers that holds a tokenizer.json. */
class TokenizerGoldenTest {
    @Test void idsSpansAndTextsAreHuggingFaces() {
        int cases = 0;
        for (Path folder : folders()) {
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                JsonNode golden = Golden.json("tokenizers/" + folder.getFileName() + "/golden.json");
                assertThat(tokenizer.size()).isEqualTo(golden.path("vocab_size").asInt());
                for (JsonNode one : golden.path("cases")) {
                    String text = one.path("text").asText();
                    int[] ids = ints(one.path("ids")), bare = ints(one.path("ids_no_special"));
                    assertThat(tokenizer.encode(text)).as("%s: %s", folder, text).isEqualTo(ids);
                    assertThat(tokenizer.encodeBare(text)).as("%s: %s", folder, text).isEqualTo(bare);
                    boolean both = one.has("decode_skip_special");       // else one text: without special tokens
                    assertThat(tokenizer.decode(ids, !both)).as("%s: %s", folder, text)
                    .isEqualTo(one.path("decode").asText());
                    if (both) {
                        assertThat(tokenizer.decode(ids, true)).as("%s: %s", folder, text)
                                .isEqualTo(one.path("decode_skip_special").asText());
                    }
                    if (one.has("offsets")) {
                        assertThat(codePointSpans(text, tokenizer.encodeBareWithSpans(text))).as("%s: %s", folder, text)
                                .isEqualTo(pairs(one.path("offsets")));
                    }
                    streamsAs(tokenizer, ids);
                    cases++;
                }
            }
        }
        Golden.ran("tokenizers", cases);
    }

    @Test void plainEncodingEqualsTheBareOneExceptForTextsOfSpecialTokens() {
        int cases = 0;
        for (Path folder : folders()) {
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                for (JsonNode one : Golden.json("tokenizers/" + folder.getFileName() + "/golden.json").path("cases")) {
                    String text = one.path("text").asText();
                    int[] bare = ints(one.path("ids_no_special")), plain = tokenizer.encodePlain(text);
                    assertThat(Arrays.stream(plain).noneMatch(tokenizer::isSpecial)).as("%s: %s", folder, text)
                            .isTrue();
                    boolean looksSpecial = false;
                    for (int id : bare) {
                        looksSpecial |= tokenizer.isSpecial(id);
                    }
                    if (!looksSpecial) {
                        assertThat(plain).as("%s: %s", folder, text).isEqualTo(bare);
                    }
                    cases++;
                }
            }
        }
        Golden.ran("tokenizers, plain", cases);
    }

    /**
     * A SentencePiece model may stand in two folders, in one of them without a tokenizer.json; SentencePiece itself
     * never takes text for a special token.
     */
    @Test void plainEncodingEqualsSentencePiece() throws IOException {
        int cases = 0;
        for (Path alone : Golden.folders("tokenizers", "tokenizer.model")) {
            for (Path both : Golden.folders("tokenizers", "tokenizer.model")) {
                if (!Files.exists(alone.resolve("tokenizer.json")) && Files.exists(both.resolve("tokenizer.json"))
                        && Files.mismatch(alone.resolve("tokenizer.model"), both.resolve("tokenizer.model")) < 0) {
                    cases += plainAsSentencePiece(both, Golden.json(alone.resolve("golden.json")).path("cases"));
                }
            }
        }
        Assumptions.assumeTrue(cases > 0, "no SentencePiece model stands in two folders of this set");
        Golden.ran("tokenizers, plain against SentencePiece", cases);
    }

    private static int plainAsSentencePiece(Path folder, JsonNode pieces) {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (JsonNode one : pieces) {
                if (one.path("text").asText().isEmpty()) {
                    // SentencePiece gives nothing, the json's normalizer neither
                    continue;
                }
                assertThat(tokenizer.encodePlain(one.path("text").asText())).as(one.path("text").asText())
                        .isEqualTo(ints(one.path("ids")));
                cases++;
            }
        }
        return cases;
    }

    @Test void renderedChatsAndBatchesAreHuggingFaces() {
        int cases = 0;
        for (Path folder : folders()) {
            JsonNode golden = Golden.json("tokenizers/" + folder.getFileName() + "/golden.json");
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                for (JsonNode chat : golden.path("chat")) {
                    assertThat(tokenizer.encodeBare(chat.path("text").asText())).isEqualTo(ints(chat.path("ids")));
                    cases++;
                }
                JsonNode batch = golden.path("batch");
                for (String side : new String[] {"left", "right"}) {
                    for (int row = 0; row < batch.path("texts").size(); row++) {
                        int[] ids = tokenizer.encode(batch.path("texts").path(row).asText());
                        int[] padded = ints(batch.path(side).path("input_ids").path(row)),
                                mask = ints(batch.path(side).path("attention_mask").path(row));
                        List<Integer> present = new ArrayList<>();
                        for (int i = 0; i < padded.length; i++) {
                            if (mask[i] == 1) {
                                present.add(padded[i]);
                            } else {
                                assertThat(padded[i]).isEqualTo(tokenizer.pad().orElseThrow());
                            }
                        }
                        int length = Math.min(ids.length, batch.path("max_length").asInt());
                        assertThat(present).containsExactlyElementsOf(Arrays.stream(ids, 0, length).boxed().toList());
                        cases++;
                    }
                }
            }
        }
        Golden.ran("tokenizers, chats and batches", cases, cases);
    }

    static void streamsAs(Tokenizer tokenizer, int[] ids) {
        for (boolean skipSpecial : new boolean[] {true, false}) {
            var stream = tokenizer.stream(skipSpecial);
            var text = new StringBuilder();
            for (int id : ids) {
                String piece = stream.push(id);
                assertThat(piece).doesNotEndWith("\uFFFD");
                text.append(piece);
            }
            text.append(stream.finish());
            assertThat(text.toString()).isEqualTo(tokenizer.decode(ids, skipSpecial));
        }
    }

    private static List<Path> folders() { return Golden.folders("tokenizers", "tokenizer.json"); }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    private static List<List<Integer>> pairs(JsonNode array) {
        List<List<Integer>> pairs = new ArrayList<>();
        array.forEach(pair -> pairs.add(List.of(pair.get(0).asInt(), pair.get(1).asInt())));
        return pairs;
    }

    private static List<List<Integer>> codePointSpans(String text, Encoding encoding) {
        List<List<Integer>> pairs = new ArrayList<>();
        for (int i = 0; i < encoding.ids().length; i++) {
            pairs.add(List.of(text.codePointCount(0, encoding.starts()[i]),
                    text.codePointCount(0, encoding.ends()[i])));
        }
        return pairs;
    }
}
