package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerStream;
import io.weft.token.answer.AnswerText;
import io.weft.token.answer.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerTextTest {
    private static final Place PLACE = new Place("rows.jsonl", 1);
    /** As Qwen3's: an empty block where nothing was thought. */
    private static final String QWEN3 = """
            {%- for m in messages %}<|im_start|>{{ m.role }}
            {% if m.role == 'assistant' %}{% set thought = m.reasoning_content|default('') %}<think>
            {{ thought.strip('\\n') }}
            </think>

            {{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";
    /** As DeepSeek-R1's: the prompt opens the block. */
    private static final String OPENED = QWEN3.replace("<|im_start|>assistant\n{% endif %}",
            "<|im_start|>assistant\n<think>\n{% endif %}");
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() { tokenizer = TinyTokenizers.make(folder); }

    @AfterEach void close() { tokenizer.close(); }

    @Test void anEmptyBlockOfReasoningIsNoPartOfTheWords() throws Exception {
        ConversationEncoder encoder = encoder(QWEN3);
        assertThat(answer(encoder, "<think>\n\n</think>\n\nthe cat")).isEqualTo(new AnswerText("", "the cat"));
        assertThat(answer(encoder, "the cat")).isEqualTo(new AnswerText("", "the cat"));
        assertThat(answer(encoder, "<think>\nmy friend\n\nreads\n</think>\n\nthe cat\n\n一本书"))
                .isEqualTo(new AnswerText("my friend\n\nreads", "the cat\n\n一本书"));
        assertThat(answer(encoder, "<think>\nmy friend reads")).isEqualTo(new AnswerText("my friend reads", ""));
        assertThat(answer(encoder, "<thi the cat")).isEqualTo(new AnswerText("", "<thi the cat"));
        assertThat(answer(encoder, "  the <think>")).isEqualTo(new AnswerText("", "  the <think>"));
        assertThat(answer(encoder, "")).isEqualTo(new AnswerText("", ""));
    }

    @Test void whatTheRowsAuthorAnsweredIsToldApartByTheSameRule() throws Exception {
        ConversationEncoder encoder = encoder(QWEN3);
        assertThat(encoder.expected(row(Message.assistant("the cat")))).isEqualTo(new AnswerText("", "the cat"));
        assertThat(encoder.expected(row(Message.assistant("<think>\nreads\n</think>\n\nthe cat"))))
                .isEqualTo(new AnswerText("reads", "the cat"));
        assertThat(encoder.expected(row(new Message("assistant", "the cat", "reads"))))
                .isEqualTo(new AnswerText("reads", "the cat"));
    }

    @Test void aPromptThatOpensTheBlockIsAnsweredWithReasoning() throws Exception {
        ConversationEncoder encoder = encoder(OPENED);
        assertThat(answer(encoder, "my friend reads\n</think>\n\nthe cat"))
                .isEqualTo(new AnswerText("my friend reads", "the cat"));
        assertThat(answer(encoder, "my friend")).isEqualTo(new AnswerText("my friend", ""));
        assertThat(encoder.expected(row(Message.assistant("the cat")))).isEqualTo(new AnswerText("", "the cat"));
    }

    @Test void noPieceHoldsAPartOfAMark() throws Exception {
        ConversationEncoder encoder = encoder(QWEN3);
        AnswerStream stream = encoder.answerStream();
        for (int id : tokenizer.encodePlain("<think>\nmy friend\n</think>\n\nthe cat </think> reads")) {
            AnswerStream.Piece piece = stream.push(id);
            assertThat(piece.reasoning()).doesNotContain("<", "\n");
            assertThat(piece.words()).doesNotStartWith("\n");
        }
        assertThat(stream.finish()).isEqualTo(AnswerStream.Piece.NOTHING);
    }

    @Test void whatTheTemplatePutsBehindALearnedAnswerEndsAnswers() throws Exception {
        assertThat(encoder(QWEN3).ending()).isEqualTo(new Ending(Set.of(399), List.of()));
        // the template ends a turn with another token than the tokenizer's own
        assertThat(encoder(QWEN3.replace("<|im_end|>", "<|endoftext|>")).ending())
                .isEqualTo(new Ending(Set.of(397, 399), List.of()));
    }

    @Test void wordsBehindALearnedAnswerAreAStopText() throws Exception {
        ConversationEncoder encoder = encoder("""
                {%- for m in messages %}### {{ m.role }}: {{ m.content }}
                ### End
                {% endfor %}{% if add_generation_prompt %}### assistant: {% endif %}""");
        assertThat(encoder.ending()).isEqualTo(new Ending(Set.of(399), List.of("\n### End")));
        AnswerStream stream = encoder.answerStream();
        var words = new StringBuilder();
        for (int id : tokenizer.encodePlain("the cat\n### Enough\n### End\nthe")) {
            AnswerStream.Piece piece = stream.push(id);
            words.append(piece.words());
        }
        assertThat(stream.ended()).isTrue();
        assertThat(stream.finish()).isEqualTo(AnswerStream.Piece.NOTHING);
        assertThat(words).hasToString("the cat\n### Enough");
    }

    private AnswerText answer(ConversationEncoder encoder, String text) {
        return encoder.answer(tokenizer.encodePlain(text));
    }

    private static Conversation row(Message answer) {
        return Conversation.answered(List.of(Message.user("这只猫?")), answer, PLACE);
    }

    private ConversationEncoder encoder(String template) throws Exception {
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 1000, OverLength.REFUSE);
    }
}
