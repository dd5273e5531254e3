package io.weft.token.encode;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Rows that a model is to answer by itself. */
class AskingEncoderTest {
    private static final Place PLACE = new Place("rows.jsonl", 7);
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() { tokenizer = Tokenizer.read(TinyTokenizers.writeWithBegin(folder)); }

    @AfterEach void close() { tokenizer.close(); }

    private ConversationEncoder encoder(int maxLength) {
        return ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, maxLength, OverLength.CUT);
    }

    private static int[] prompt(Example example) { return Arrays.copyOf(example.ids(), example.promptLength()); }

    @Test void aRowIsAskedWithTheIdsOfServingAndItsAnswerIsKept() {
        for (String answer : List.of(" reads the book.", "at", "这只猫阅读一本书。", "<|im_end|>", " ")) {
            Conversation row = Conversation.of("the c", answer, PLACE);
            ExampleGroup group = encoder(100).asking().encode(row).get(0);
            Example asked = group.documents().get(0);
            assertThat(prompt(asked)).isEqualTo(encoder(100).encodePrompt(row.asked()));
            assertThat(encoder(100).reference(asked)).isEqualTo(answer);
            assertThat(encoder(100).promptText(asked)).endsWith("the c");
        }
    }

    @Test void aPromptWithoutAnAnswerHasNothingBehindIt() {
        List<Message> messages = List.of(Message.user("the cat"));
        Example asked = encoder(100).asking().encode(new Asked(messages, PLACE)).get(0).documents().get(0);
        assertThat(prompt(asked)).isEqualTo(encoder(100).encodePrompt(messages));
        assertThat(asked.trainedTokens()).isEqualTo(1);
        assertThat(encoder(100).reference(asked)).isEmpty();
    }

    @Test void aCutShortensThePromptAndNeverTheAnswer() {
        Conversation row = Conversation.of("the cat reads the book. ".repeat(8), "the teacher writes a letter?", PLACE);
        int[] whole = encoder(1000).encodePrompt(row.asked());
        Example cut = encoder(30).asking().encode(row).get(0).documents().get(0);
        assertThat(cut.length()).isEqualTo(30);
        assertThat(cut.promptLength()).isPositive().isLessThan(whole.length);
        assertThat(encoder(30).reference(cut)).isEqualTo(row.answer());
        assertThat(encoder(4).asking().encode(row)).as("no room for the answer").isEmpty();
    }
}
