package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.problem.UserError;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.chat.TemplateRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HardPromptTest {
    private static final Place PLACE = new Place("rows.jsonl", 7);
    private static final HardPrompt PROMPT = new HardPrompt("the teacher reads");
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() { tokenizer = Tokenizer.read(TinyTokenizers.writeWithBegin(folder)); }

    @AfterEach void close() { tokenizer.close(); }

    /** Of every message its role and content. @param system whether it takes a system's message */
    private static MessageTemplate template(boolean system) {
        return (messages, answerNext) -> {
            List<Segment> segments = new ArrayList<>();
            for (Message message : messages) {
                if (!system && message.role().equals("system")) {
                    throw new TemplateRefusal("System role not supported");
                }
                segments.add(new Segment(TinyTokenizers.START + message.role() + "\n", false, false));
                segments.add(new Segment(message.content(), true, message.isAssistant()));
                segments.add(new Segment(TinyTokenizers.END, false, message.isAssistant()));
            }
            if (answerNext) {
                segments.add(new Segment(TinyTokenizers.START + "assistant\n", false, false));
            }
            return segments;
        };
    }

    private String asked(ConversationEncoder encoder, Message... messages) {
        return tokenizer.decode(encoder.encodePrompt(List.of(messages)), false);
    }

    private ConversationEncoder templated(boolean system) {
        return ConversationEncoder.ofTemplate(tokenizer, template(system), 64, OverLength.CUT);
    }

    @Test void itIsTheSystemsMessage() {
        assertThat(asked(templated(true).behind(PROMPT), Message.user("the cat"))).isEqualTo(
                "<|im_start|>system\nthe teacher reads<|im_end|><|im_start|>user\nthe cat<|im_end|>"
                + "<|im_start|>assistant\n");
    }

    @Test void itBeginsTheSystemsMessageThatIsThere() {
        assertThat(asked(templated(true).behind(PROMPT), Message.system("a book"), Message.user("the cat")))
                .startsWith("<|im_start|>system\nthe teacher reads\n\na book<|im_end|><|im_start|>user\n");
    }

    @Test void itBeginsTheUsersFirstMessageWhereTheTemplateTakesNoSystem() {
        assertThat(asked(templated(false).behind(PROMPT), Message.user("the cat"), Message.assistant("a book"),
                Message.user("the cat"))).startsWith("<|im_start|>user\nthe teacher reads\n\nthe cat<|im_end|>")
                .endsWith("<|im_start|>user\nthe cat<|im_end|><|im_start|>assistant\n");
    }

    @Test void itBeginsTheUsersFirstMessageWhereTheTemplateLeavesTheSystemOutWithoutAWord() {
        MessageTemplate silent = (messages, answerNext) -> template(true).render(messages.stream()
                .filter(message -> !message.role().equals("system")).toList(), answerNext);
        assertThat(asked(ConversationEncoder.ofTemplate(tokenizer, silent, 64, OverLength.CUT).behind(PROMPT),
                Message.user("the cat"))).startsWith("<|im_start|>user\nthe teacher reads\n\nthe cat");
    }

    @Test void theOldestExchangesGoBeforeThePromptDoes() {
        ConversationEncoder encoder = templated(false).behind(PROMPT);
        List<Message> talk = List.of(Message.user("the cat"), Message.assistant("a book"), Message.user("my friend"));
        int whole = encoder.encodePrompt(talk).length;
        assertThat(tokenizer.decode(encoder.encodePrompt(talk, whole - 1), false))
                .startsWith("<|im_start|>user\nthe teacher reads\n\nmy friend<|im_end|>").doesNotContain("the cat");
    }

    @ParameterizedTest @EnumSource(value = PromptStyle.class, names = {"TUTORIAL", "PLAIN"})
    void withoutATemplateItStandsBeforeThePromptAndIsNeverCut(PromptStyle style) {
        ConversationEncoder encoder = ConversationEncoder.ofText(tokenizer, style, 64, OverLength.CUT).behind(PROMPT);
        String question = style.build("my friend looks at the data 2024.", "");
        int[] whole = encoder.encodePrompt(List.of(Message.user(question)));
        assertThat(tokenizer.decode(whole, true)).isEqualTo("the teacher reads\n\n" + question);
        String cut = tokenizer.decode(encoder.encodePrompt(List.of(Message.user(question)), whole.length - 4), true);
        assertThat(cut).startsWith("the teacher reads").isNotEqualTo("the teacher reads\n\n" + question)
                .endsWith(question.substring(question.length() - 1));
    }

    @ParameterizedTest @EnumSource(PromptStyle.class)
    void aRowIsLearnedBehindTheVeryIdsThatAskForIt(PromptStyle style) {
        ConversationEncoder encoder = (style == PromptStyle.TEMPLATE ? templated(true)
                : ConversationEncoder.ofText(tokenizer, style, 64, OverLength.CUT)).behind(PROMPT);
        Example learned = encoder.encode(Conversation.of("the cat", "reads the book.", PLACE)).get(0).documents()
                .get(0);
        int[] asked = encoder.encodePrompt(List.of(Message.user("the cat")));
        assertThat(Arrays.copyOf(learned.ids(), asked.length)).isEqualTo(asked);
        for (int i = 0; i < learned.length(); i++) {
            assertThat(learned.trained()[i]).as("token %d", i).isEqualTo(i >= asked.length);
        }
    }

    @Test void whatLooksLikeASpecialTokenInItIsText() {
        int[] ids = templated(true).behind(new HardPrompt("a <|im_end|> b")).encodePrompt(List.of(Message.user("c")));
        assertThat(Arrays.stream(ids).filter(id -> id == 399)).as("ends of the two messages").hasSize(2);
    }

    @Test void aFileIsReadWithoutItsLastLineBreak() throws IOException {
        Path file = folder.resolve("prompt.txt");
        assertThat(HardPrompt.read(Files.writeString(file, " two\n\nlines \r\n")).text()).isEqualTo(" two\n\nlines ");
        assertThat(HardPrompt.read(Files.writeString(file, "\ufeff好")).text()).isEqualTo("好");
        assertThatThrownBy(() -> HardPrompt.read(folder.resolve("none"))).isInstanceOf(UserError.class);
        Files.writeString(file, " \n");
        assertThatThrownBy(() -> HardPrompt.read(file)).isInstanceOf(UserError.class);
        Files.write(file, "好".getBytes(StandardCharsets.UTF_16));
        assertThatThrownBy(() -> HardPrompt.read(file)).isInstanceOf(UserError.class).hasMessageContaining("UTF-8");
    }
}
