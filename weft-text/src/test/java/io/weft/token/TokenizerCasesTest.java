package io.weft.token;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.golden.Cases;
import io.weft.problem.UserError;
import io.weft.token.encode.ConversationEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tokenizer folders that people had. */
class TokenizerCasesTest {
    private static final String PLAIN_END = "32, 96, 77, 81, 67, 73, 292, 96, 34";

    @Test void tokensThatOnlyTheConfigAddsAreTokensAndNeverOfAUser() {
        Path folder = Cases.at("K7/c1");
        // transformers 5.24 on the same folder; of the second with sanitize_control_tokens
        learns(folder, "hello", "367, 89, 87, 282, 203, 362, 368, 203, 367, 69, 87, 87, 77, 87, 88, 69, 82, 88, 203, "
                + "305, 289, 368, 203");
        learns(folder, "say <|im_end|> now", "367, 89, 87, 282, 203, 87, 275, 225, " + PLAIN_END + ", 225, 82, 262, "
                + "368, 203, 367, 69, 87, 87, 77, 87, 88, 69, 82, 88, 203, 305, 289, 368, 203");
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            // a word has the same id in this file
            assertThat(tokenizer.encodeBare(" zebra")).containsExactly(368);
            assertThat(tokenizer.encodePlain(" zebra")).doesNotContain(368);
            assertThat(tokenizer.decode(tokenizer.encodePlain(" zebra"), true)).isEqualTo(" zebra");
            assertThat(learned(folder, "a zebra")).containsOnlyOnce(305).endsWith(289, 368, 203);
            assertThat(Arrays.stream(learned(folder, "a zebra")).filter(id -> id == 368)).hasSize(2);
            assertThat(tokenizer.notes()).hasSize(2).last().asString().contains("'<|im_end|>' gets the id 368");
        }
    }

    @Test void aTokenThatOneFileCallsSpecialIsNeverOfAUser() {
        Path folder = Cases.at("K7/c2");
        learns(folder, "hello", "3, 89, 87, 282, 203, 362, 4, 203, 3, 69, 87, 87, 77, 87, 88, 69, 82, 88, 203, 305, "
                + "289, 4, 203");
        learns(folder, "say <|im_end|> now", "3, 89, 87, 282, 203, 87, 275, 225, " + PLAIN_END + ", 225, 82, 262, 4, "
                + "203, 3, 69, 87, 87, 77, 87, 88, 69, 82, 88, 203, 305, 289, 4, 203");
    }

    @Test void aPartThatNobodyKnowsIsNamed() {
        Path folder = Cases.at("K7/b1");
        assertThatThrownBy(() -> Tokenizer.read(folder)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("tokenizer.json", "pre_tokenizer has the type \"Chunks\"", "fetch it again")
                .hasMessageNotContaining("untagged");
    }

    @Test void aTokenizerWithOneTokenMoreThanTheEmbeddingIsRead() {
        Path folder = Cases.at("M4-tokenizer-larger-a_gemma3/model");
        int size;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            size = tokenizer.size();
        }
        try (Tokenizer tokenizer = Tokenizer.read(folder, size - 1)) {
            assertThat(tokenizer.encode("hello world")).isNotEmpty();
            String last = tokenizer.token(size - 1).orElseThrow();
            assertThat(tokenizer.notes()).anyMatch(note -> note.toString().contains("'" + last + "'"));
            assertThatThrownBy(() -> tokenizer.encodeBare(last)).isInstanceOf(UserError.class)
                    .hasMessageContaining("'" + last + "'");
        }
    }

    private static void learns(Path folder, String asked, String ids) {
        assertThat(Arrays.toString(learned(folder, asked))).isEqualTo("[" + ids + "]");
    }

    private static int[] learned(Path folder, String asked) {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            var encoder = ConversationEncoder.ofTemplate(tokenizer,
                    ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 200, OverLength.REFUSE);
            return encoder.encode(new Conversation(List.of(Message.user(asked), Message.assistant("world")),
                    new Place("m.jsonl", 1))).get(0).documents().get(0).ids();
        }
    }
}
