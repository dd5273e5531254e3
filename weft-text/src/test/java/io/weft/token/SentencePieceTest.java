package io.weft.token;

import io.weft.problem.UserError;
import io.weft.token.read.SentencePieceModel.Type;
import io.weft.token.read.TinySentencePiece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SentencePieceTest {
    private static final String[] PARTS = {"the", " cat", " ", "  ", "    ", "training", "a", "aa", "aba", "中国", "的是",
            "是", "sop", "<s>", "</s>", "猫", "\n", "é", "😀", "▁",
            "\u0000", "<tab>", "<ta", "b>", "T."};
    @TempDir Path folder;

    @Test void idsAreThoseThatSentencePieceMakesByTheBook() {
        agree(TinySentencePiece.ofLlama());
        agree(TinySentencePiece.ofLlama().withoutDummyPrefix());
        agree(TinySentencePiece.ofLlama().trimmingSpaces());
        agree(TinySentencePiece.ofCharacters());
        agree(TinySentencePiece.ofCharacters().trimmingSpaces());
    }

    @Test void userDefinedSymbolsStandApart() {
        agree(TinySentencePiece.ofLlama().withSymbols("<tab>", "\n", "\n\n", "\n的", "a中", "中国的", "[.*]"));
        agree(TinySentencePiece.ofLlama().withoutDummyPrefix().withSymbols("<tab>", "b>", "\n", "\u0000"));
    }

    private void agree(TinySentencePiece model) {
        Random random = new Random(5);
        try (Tokenizer tokenizer = Tokenizer.read(model.write(folder))) {
            for (int n = 0; n < 200; n++) {
                var text = new StringBuilder();
                for (int i = random.nextInt(9); i >= 0; i--) {
                    text.append(PARTS[random.nextInt(PARTS.length)]);
                }
                int[] ids = tokenizer.encodePlain(text.toString());
                assertThat(ids).as(text.toString()).isEqualTo(model.ids(text.toString()));
                TokenizerGoldenTest.streamsAs(tokenizer, ids);
            }
        }
    }

    @Test void textsComeBackAsTheyWere() {
        try (Tokenizer tokenizer = Tokenizer.read(TinySentencePiece.ofLlama().write(folder))) {
            for (String text : List.of("", " ", "  the cat ", "\n\n", "猫 😀 é\n", "的是中国")) {
                assertThat(tokenizer.decode(tokenizer.encode(text), true)).isEqualTo(text);
            }
        }
    }

    @Test void bytesThatAreNoCharacterGiveOneReplacementEach() {
        try (Tokenizer tokenizer = Tokenizer.read(TinySentencePiece.ofLlama().write(folder))) {
            int a = tokenizer.id("a").orElseThrow();
            assertThat(tokenizer.decode(new int[] {3 + 0xE7, 3 + 0x8C, 3 + 0xAB, 3 + 0xE7, 3 + 0x8C, a}, true))
                    .isEqualTo("猫\uFFFD\uFFFDa");
            assertThat(tokenizer.decode(new int[] {3 + 0xC0, 3 + 0x80, 3 + 0xED, 3 + 0xA0, 3 + 0x80}, true))
                    .isEqualTo("\uFFFD".repeat(5));
            TokenizerGoldenTest.streamsAs(tokenizer, new int[] {a, 3 + 0xE7, 3 + 0x8C, 3 + 0xAB, 3 + 0xE7, a,
                    3 + 0xE7});
        }
    }

    @Test void aTextBeginsWithTheBeginTokenUnlessTheFolderSaysOtherwise() throws IOException {
        TinySentencePiece.ofLlama().write(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.prefix()).containsExactly(1);
            assertThat(tokenizer.encode("a<s>")).startsWith(1).endsWith(1);
            assertThat(tokenizer.encodePlain("a<s>")).doesNotContain(1);
            assertThat(tokenizer.bos()).hasValue(1);
            assertThat(tokenizer.eos()).hasValue(2);
            assertThat(tokenizer.endIds()).containsExactly(2);
            assertThat(tokenizer.pad()).isEmpty();
        }
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"add_bos_token\": false, \"add_eos_token\": true, \"pad_token\": \"<unk>\"}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.prefix()).isEmpty();
            assertThat(tokenizer.encode("a")).containsExactly(tokenizer.id("▁a").orElseThrow(), 2);
            assertThat(tokenizer.pad()).hasValue(0);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"add_bos_token\": true, \"bos_token\": \"<begin>\"}");
        refused("tokenizer_config.json", "add_bos_token", "<begin>");
    }

    @Test void addedTokensFollowThePieces() throws IOException {
        int size = TinySentencePiece.ofLlama().size();
        TinySentencePiece.ofLlama().write(folder);
        Files.writeString(folder.resolve("added_tokens.json"),
                "{\"<|im_end|>\": %d, \"<word>\": %d}".formatted(size + 1, size));
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"eos_token\": \"<|im_end|>\", \"added_tokens_decoder\": {\"0\": {\"content\": \"<unk>\", "
                + "\"special\": true}}}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.eos()).hasValue(size + 1);
            assertThat(tokenizer.isSpecial(size + 1)).isTrue();
            assertThat(tokenizer.isSpecial(size)).isFalse();
            assertThat(tokenizer.encodePlain("<word>")).containsExactly(size);
            assertThat(tokenizer.encodePlain("<|im_end|>")).doesNotContain(size + 1);
        }
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<|im_end|>\": %d}".formatted(size + 1));
        refused("without a gap", "<|im_end|>");
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<|im_end|>\": 7}");
        refused("added_tokens.json", "<|im_end|>", "<0x04>");
    }

    @Test void tokensThatTheConfigOnlyNamesAreControlTokensToo() throws IOException {
        int size = TinySentencePiece.ofLlama().size();
        TinySentencePiece.ofLlama().write(folder);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"[PAD]\", "
                + "\"additional_special_tokens\": [\"<|im_start|>\", \"▁the\"]}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.size()).isEqualTo(size + 2);
            assertThat(tokenizer.pad()).hasValue(size);
            assertThat(tokenizer.encodeBare("<|im_start|>")).containsExactly(size + 1);
            assertThat(tokenizer.encodePlain("a<|im_start|>")).doesNotContain(size + 1);
            assertThat(tokenizer.isSpecial(tokenizer.id("▁the").orElseThrow())).isTrue();
        }
    }

    /** LlamaTokenizer of transformers 4 and 5, measured: a part behind a special token gets no space. */
    @Test void withoutLegacyOnlyTheFrontOfTheWholeTextGetsASpace() throws IOException {
        TinySentencePiece.ofLlama().write(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            int spaced = tokenizer.id("▁a").orElseThrow();
            assertThat(tokenizer.encodeBare("a</s>a")).containsExactly(spaced, 2, spaced);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"legacy\": false}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            int spaced = tokenizer.id("▁a").orElseThrow(), bare = tokenizer.id("a").orElseThrow();
            assertThat(tokenizer.encodeBare("a</s>a")).containsExactly(spaced, 2, bare);
            assertThat(tokenizer.encodeBare(" a</s> a")).containsExactly(spaced, 2, spaced);
            assertThat(tokenizer.encodePlain("a")).containsExactly(spaced);
            assertThat(tokenizer.decode(new int[] {spaced, 2, spaced, bare}, false)).isEqualTo("a</s> aa");
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_prefix_space\": false}");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.encodePlain("a")).containsExactly(tokenizer.id("a").orElseThrow());
            assertThat(tokenizer.decode(tokenizer.encodePlain(" a"), false)).isEqualTo(" a");
        }
    }

    @Test void aTokenizerJsonBesideItIsTheOneThatCounts() {
        TinySentencePiece.ofLlama().write(folder);
        TinyTokenizers.write(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.size()).isEqualTo(400);
        }
    }

    @Test void piecesThatCannotBeReproducedAreRefused() {
        TinySentencePiece.ofLlama().piece("qu", -900, Type.UNUSED).write(folder);
        refused("'qu'", "unused");
        TinySentencePiece.ofLlama().piece("aΩ", -900, Type.NORMAL).write(folder);
        refused("'aΩ'", "no piece itself");
        TinySentencePiece.ofLlama().piece("heaa", -900, Type.NORMAL).withSymbols("<tab>").write(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.id("heaa")).isPresent();
        }
        TinySentencePiece.ofLlama().piece("acat", -900, Type.NORMAL).withSymbols("<tab>").write(folder);
        refused("'acat'", "never made by joining");
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> Tokenizer.read(folder)).isInstanceOf(UserError.class).hasMessageContainingAll(parts);
    }
}
