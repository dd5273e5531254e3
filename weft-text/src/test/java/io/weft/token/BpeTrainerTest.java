package io.weft.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BpeTrainerTest {
    @TempDir Path folder;

    @Test void theSameTextsGiveTheSameFiles() throws IOException {
        Path first = TinyTokenizers.write(folder.resolve("first")),
                second = TinyTokenizers.write(folder.resolve("second"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            assertThat(first.resolve(file)).hasSameBinaryContentAs(second.resolve(file));
        }
    }

    @Test void theMostFrequentPairIsMergedFirstAndTiesGoToTheOlderTokens() {
        // lo x 7, ow x 7 (ties: lo), then low; er x 2
        new BpeTrainer(260, List.of("<end>"), "<end>", "<end>")
                .train(List.of("low low low low low", "lower lower"), folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.token(256)).contains("lo");
            assertThat(tokenizer.token(257)).contains("low");
            assertThat(tokenizer.token(258)).contains("Ġlow");
            assertThat(tokenizer.token(259)).contains("<end>");
            assertThat(tokenizer.size()).isEqualTo(260);
            assertThat(tokenizer.encodeBare("low low<end>")).containsExactly(257, 258, 259);
        }
    }

    @Test void overlappingRepeatsAreCountedAsTheyStandAfterwards() {
        int size = new BpeTrainer(300, List.of("<end>"), "<end>", "<end>").train(List.of("aaaaaaa aaaaaaa"), folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(size).isEqualTo(tokenizer.size()).isLessThan(300);
            assertThat(tokenizer.decode(tokenizer.encodeBare("aaaaaaa aaaaaaa"), true)).isEqualTo("aaaaaaa aaaaaaa");
            assertThat(tokenizer.encodeBare("aaaaaaa")).hasSizeLessThan(4);
        }
    }

    @Test void anyTextComesBackUnchanged() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            for (String text : List.of("", " ", "  the cat  ", "这只猫 🙂🙂 e\u0301 \u0000\t\r\n\r\n",
                    "👩‍👩‍👧 𠮷野家 ﷽ don't 12345", "<|im_end|>")) {
                assertThat(tokenizer.decode(tokenizer.encodePlain(text), true)).isEqualTo(text);
            }
        }
    }

    @Test void textNeverSeenIsSpelledInBytesAndTextSeenInFewTokens() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            assertThat(tokenizer.encodeBare("这只猫")).hasSizeLessThan(4);
            assertThat(tokenizer.encodeBare("鑫鑫")).hasSize(6);
        }
    }

    @Test void aVocabularyTooSmallForTheBytesIsRefused() {
        assertThatThrownBy(() -> new BpeTrainer(200, List.of("<end>"), "<end>", "<end>")).hasMessageContaining("200");
        assertThatThrownBy(() -> new BpeTrainer(300, List.of("<end>"), "<eos>", "<end>")).hasMessageContaining("<eos>");
    }

    @Test void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "");
        assertThatThrownBy(() -> TinyTokenizers.write(file)).isInstanceOf(io.weft.problem.UserError.class)
                .hasMessageContaining("taken");
    }
}
