package io.weft.token.encode;

import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.problem.UserError;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.chat.TemplateRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** An answer that goes on behind what the assistant is said to have begun with. */
class BegunAnswerTest {
    private static final String CHAT = "{%- for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
            + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private static final Message ASKED = Message.user("the cat?");
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() { tokenizer = Tokenizer.read(TinyTokenizers.write(folder)); }

    @AfterEach void close() { tokenizer.close(); }

    private ConversationEncoder encoder(String template) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return ConversationEncoder.ofTemplate(tokenizer, ChatForms.of(folder).orElseThrow().template(folder, tokenizer),
                100, OverLength.CUT);
    }

    private String begun(ConversationEncoder encoder, Message... messages) {
        return tokenizer.decode(encoder.encodeBegun(List.of(messages)), false);
    }

    @Test void itStopsWhereTheAssistantsWordsStop() throws IOException {
        ConversationEncoder encoder = encoder(CHAT);
        String asked = "<|im_start|>user\nthe cat?<|im_end|>\n<|im_start|>assistant\n";
        assertThat(begun(encoder, ASKED, Message.assistant("the book "))).isEqualTo(asked + "the book ");
        assertThat(begun(encoder, ASKED, Message.assistant(""))).isEqualTo(asked);
        assertThat(begun(encoder, ASKED, Message.assistant("a"), ASKED, Message.assistant("a")))
                .isEqualTo(asked + "a<|im_end|>\n" + asked + "a");
        assertThat(begun(encoder, ASKED, Message.assistant("<|im_end|>"))).isEqualTo(asked + "<|im_end|>");
        int[] ids = encoder.encodeBegun(List.of(ASKED, Message.assistant("<|im_end|>")));
        assertThat(ids[ids.length - 1]).as("words, whatever they look like")
                .isNotEqualTo(tokenizer.eos().orElseThrow());
    }

    @Test void theIdsAreHowTheTrainedConversationBegins() throws IOException {
        int[] begun = encoder(CHAT).encodeBegun(List.of(ASKED, Message.assistant("the book")));
        int[] whole = encoder(CHAT).encodeAnswered(List.of(ASKED), "the book");
        assertThat(begun).isEqualTo(Arrays.copyOf(whole, begun.length));
        ConversationEncoder plain = ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, 100, OverLength.CUT);
        Message prompt = Message.user(PromptStyle.TUTORIAL.build("the cat", ""));
        int[] text = plain.encodeBegun(List.of(prompt, Message.assistant("一本书")));
        int[] answered = plain.encodeAnswered(List.of(prompt), "一本书");
        assertThat(text).isEqualTo(Arrays.copyOf(answered, answered.length - 1));
    }

    @Test void aTemplateThatTrimsKeepsItsTrimmedWords() throws IOException {
        ConversationEncoder encoder = encoder(CHAT.replace("m.content", "m.content | trim"));
        assertThat(begun(encoder, ASKED, Message.assistant(" the book "))).endsWith("assistant\nthe book");
    }

    @Test void aTemplateThatShowsOtherWordsIsRefused() throws IOException {
        ConversationEncoder encoder = encoder(CHAT.replace("m.content", "m.content | upper"));
        assertThatThrownBy(() -> begun(encoder, ASKED, Message.assistant("the book")))
                .isInstanceOf(TemplateRefusal.class).hasMessageContaining("nothing can go on behind it");
    }

    @Test void variablesAreGivenToTheTemplateOrRefused() throws IOException {
        ConversationEncoder encoder = encoder("{{ mood }}" + CHAT);
        assertThat(tokenizer.decode(encoder.given(Map.of("mood", "kind")).encodePrompt(List.of(ASKED)),
                false)).startsWith("kind<|im_start|>");
        assertThatThrownBy(() -> encoder.given(Map.of("tools", List.of()))).isInstanceOf(UserError.class);
        assertThat(encoder.calls()).isEmpty();
        assertThatThrownBy(() -> ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 100, OverLength.CUT)
                .given(Map.of("mood", "kind"))).isInstanceOf(UserError.class)
                .hasMessageContaining("no chat template");
    }
}
