package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.Thinking;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.encode.ConversationEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a model reads of what a client asks. */
class PromptBuilderTest {
    private static final List<Message> TURNS = List.of(Message.system("Be kind."), Message.user("the cat"),
            Message.assistant("reads"), Message.user("a letter?"));
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() {
        Language.use(Language.ENGLISH);
        tokenizer = TinyTokenizers.make(folder);
    }

    @AfterEach void close() { tokenizer.close(); }

    private String read(PromptBuilder prompts, Question.Asked asked) {
        return tokenizer.decode(prompts.ids(asked), false);
    }

    private PromptBuilder tuned(PromptStyle style) {
        return PromptBuilder.of(ConversationEncoder.ofText(tokenizer, style, 100, OverLength.CUT), style);
    }

    private static Question.Asked chat(boolean strict, boolean continues, Message... messages) {
        return new Question.Asked.Chat(List.of(messages), Thinking.AUTO, List.of(), continues, Map.of(), strict);
    }

    @Test void aModelOfSinglePromptsReadsAConversationInTheirWords() {
        PromptBuilder prompts = tuned(PromptStyle.TUTORIAL);
        assertThat(read(prompts, new Question.Asked.Chat(TURNS)))
                .isEqualTo("Be kind.\n\nthe cat\n\n输出:reads\n\na letter?\n\n输出:");
        assertThat(read(prompts, chat(false, false, Message.user("the cat")))).isEqualTo("the cat\n\n输出:");
        assertThat(read(prompts, chat(false, true, Message.user("the cat"), Message.assistant("reads a "))))
                .isEqualTo("the cat\n\n输出:reads a ");
        assertThat(read(tuned(PromptStyle.PLAIN), new Question.Asked.Chat(TURNS)))
                .isEqualTo("Be kind.\n\nthe catreads\n\na letter?");
    }

    @Test void aStrictServerRefusesWhatTheModelWasNotTunedWith() {
        PromptBuilder prompts = tuned(PromptStyle.TUTORIAL);
        assertThatThrownBy(() -> prompts.ids(chat(true, false, TURNS.toArray(Message[]::new))))
                .isInstanceOf(UserError.class).hasMessageContaining("exactly one message");
        assertThat(read(prompts, chat(true, false, Message.user("the cat")))).isEqualTo("the cat\n\n输出:");
        assertThatThrownBy(() -> prompts.ids(chat(false, false, Message.user("a"), new Message("tool", "b"))))
                .isInstanceOf(UserError.class).hasMessageContaining("calls of tools");
    }

    @Test void aTemplateIsGivenToolsAndVariablesThatItKnowsAndOthersAreRefusedByName() throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), "{% if tools %}{% for t in tools %}"
                + "{{ t.function.name }} {% endfor %}<tool_call>{% endif %}{{ mood }}{% for m in messages %}"
                + "<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
                + "{% if add_generation_prompt %}<|im_start|>{% endif %}");
        PromptBuilder prompts = PromptBuilder.of(ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 100, OverLength.CUT),
                PromptStyle.TEMPLATE);
        var tool = HttpClientOfTests.parse("{\"type\": \"function\", \"function\": {\"name\": \"write\"}}");
        assertThat(read(prompts, new Question.Asked.Chat(List.of(Message.user("the cat")), Thinking.AUTO, List.of(tool),
                false, Map.of("mood", "kind"), false)))
                .isEqualTo("write <tool_call>kind<|im_start|>the cat<|im_end|><|im_start|>");
        assertThat(prompts.calls().orElseThrow().name()).isEqualTo("hermes");
        assertThatThrownBy(() -> prompts.ids(new Question.Asked.Chat(List.of(Message.user("a")), Thinking.AUTO,
                List.of(), false, Map.of("mod", "kind"), false))).isInstanceOfSatisfying(Refusal.class,
                refusal -> assertThat(refusal.json().at("/error/param").asText())
                .isEqualTo("chat_template_kwargs.mod"));
        assertThatThrownBy(() -> tuned(PromptStyle.PLAIN).ids(new Question.Asked.Chat(List.of(Message.user("a")),
                Thinking.AUTO, List.of(tool), false))).isInstanceOfSatisfying(Refusal.class,
                refusal -> assertThat(refusal.json().at("/error/param").asText()).isEqualTo("tools"));
        assertThat(tuned(PromptStyle.PLAIN).calls()).isEmpty();
    }

    @Test void idsAreReadAsTheyAre() {
        assertThat(tuned(PromptStyle.TUTORIAL).ids(new Question.Asked.Ids(new int[] {5, 399, 7})))
                .containsExactly(5, 399, 7);
    }
}
