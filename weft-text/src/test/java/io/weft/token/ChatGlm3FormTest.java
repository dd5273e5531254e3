package io.weft.token;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.problem.UserError;
import io.weft.token.read.ChatGlmRule;
import io.weft.token.read.SentencePieceModel.Type;
import io.weft.token.read.TinySentencePiece;
import io.weft.token.chat.ChatTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.SegmentEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChatGlm3FormTest {
    private static final String CONFIG =
            "{\"name_or_path\": \"THUDM/chatglm3-6b\", \"tokenizer_class\": \"ChatGLMTokenizer\"%s}";
    private static final String PUBLISHED =
            "{% for message in messages %}{% if loop.first %}[gMASK]sop{% endif %}<|{{ message['role'] }}|>\\n {{ "
            + "message['content'] }}{% endfor %}"
            + "{% if add_generation_prompt %}<|assistant|>{% endif %}";
    private final TinySentencePiece model = TinySentencePiece.ofLlama();
    @TempDir Path folder;

    @BeforeEach void write() throws IOException {
        model.write(folder);
        Files.writeString(folder.resolve("tokenizer_config.json"), CONFIG.formatted(""));
    }

    private int command(String name) { return model.size() + new ChatGlmRule().commands().indexOf(name); }

    /** Ids as the published code puts them together: each line and each content encoded by itself. */
    private int[] built(Object... parts) {
        List<Integer> ids = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Integer id) {
                ids.add(id);
            } else {
                for (int id : model.ids((String) part)) {
                    ids.add(id);
                }
            }
        }
        return ids.stream().mapToInt(id -> id).toArray();
    }

    @Test void aQuestionIsItsRolesWithALineAndAContentEach() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (String question : List.of("the cat", "  spaces\n", "", "\n", "中国的",
                    "<|user|> sop </s> soprano [gMASK]")) {
                int[] ids = encoder(tokenizer).encodePrompt(List.of(Message.system("the"), Message.user(question)));
                assertThat(ids).as(question)
                        .isEqualTo(built(command("[gMASK]"), command("sop"), command("<|system|>"), "\n", "the",
                        command("<|user|>"), "\n", question,
                        command("<|assistant|>")));
            }
        }
    }

    @Test void anAnswerIsLearnedUpToAndWithWhatEndsItsTurn() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            var conversation = new Conversation(List.of(Message.user("a"), Message.assistant("the cat"),
                    Message.user("ab"), Message.assistant("在")), new Place("rows", 1));
            Example example = encoder(tokenizer).encode(conversation).get(0).documents().get(0);
            int user = command("<|user|>"), assistant = command("<|assistant|>");
            assertThat(example.ids())
                    .isEqualTo(built(command("[gMASK]"), command("sop"), user, "\n", "a", assistant, "\n", "the cat",
                    user, "\n", "ab", assistant, "\n", "在", 2));
            assertThat(learned(example)).containsExactly(built("\n", "the cat", user, "\n", "在", 2));
        }
    }

    @Test void aToolCallIsLearnedWithItsNameAndWhatTheToolReturnsIsNot() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            var form = form(tokenizer);
            var turns = List.of(new ChatGlm3Template.Turn("user", "", "a"),
                    new ChatGlm3Template.Turn("assistant", "train", "cat"), new ChatGlm3Template.Turn("tool", "", "ab"),
                    new ChatGlm3Template.Turn("assistant", "", "the"));
            var tokens = new SegmentEncoder(tokenizer).encode(form.renderTurns(turns, false));
            int user = command("<|user|>"), assistant = command("<|assistant|>"),
                    observation = command("<|observation|>");
            assertThat(tokens.ids())
                    .isEqualTo(built(command("[gMASK]"), command("sop"), user, "\n", "a", assistant, "train\n", "cat",
                    observation, "\n", "ab", assistant, "\n",
                    "the", 2));
            assertThat(learned(new Example(tokens.ids(), tokens.trained())))
                    .containsExactly(built("train\n", "cat", observation, "\n", "the", 2));
            assertThatThrownBy(() -> form.renderTurns(List.of(new ChatGlm3Template.Turn("judge", "", "a")), true))
                    .isInstanceOf(UserError.class).hasMessageContaining("'judge'");
        }
    }

    @Test void toolsStandAsJsonBehindTheSystemText() {
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("name", "天气");
        tool.put("parameters", Map.of("city", "string"));
        assertThat(ChatGlm3Template.Turn.system("回答", List.of(tool)).content())
                .isEqualTo("回答\n[\n    {\n        \"name\": \"天气\",\n        \"parameters\": {\n            \"city\": "
                + "\"string\"\n        }\n    }\n]");
    }

    @Test void aReaderSeesAnAnswerWithoutTheLineBeforeIt() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            var encoder = encoder(tokenizer);
            assertThat(encoder.answerText(built("\n", "the 猫\n"))).isEqualTo("the 猫\n");
            assertThat(encoder.answerText(built("\n", "  ab"))).isEqualTo("  ab");
            assertThat(encoder.answerText(built("\n"))).isEmpty();
            assertThat(encoder.answerText(built("train\n", "cat"))).isEqualTo("train\n cat");
            assertThat(encoder.answerText(new int[0])).isEmpty();
        }
    }

    @Test void answersEndWithTheEndTokenOrTheNextRole() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.endIds()).containsExactly(2, command("<|user|>"), command("<|observation|>"));
            assertThat(tokenizer.pad()).hasValue(0);
        }
    }

    @Test void commandsAreNoText() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.encode("soprano <|user|></s>"))
                    .isEqualTo(built(command("[gMASK]"), command("sop"), "soprano <|user|></s>"));
            assertThat(tokenizer.decode(built(command("<|user|>"), "\n", "a", command("<|assistant|>"), "b"), false))
                    .isEqualTo("<|user|>\n a<|assistant|>b");
        }
    }

    /** The tiny model has the piece sop, as a large vocabulary may. */
    @Test void aPieceThatLooksLikeACommandIsNone() {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.prefix()).containsExactly(command("[gMASK]"), command("sop"));
            assertThat(tokenizer.id("sop")).isPresent();
            assertThat(tokenizer.isSpecial(tokenizer.id("sop").orElseThrow())).isFalse();
            assertThat(tokenizer.encodePlain("asop")).isEqualTo(model.ids("asop"));
        }
    }

    @Test void thePublishedTemplateMeansTheFormAndAnyOtherStays() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"),
                CONFIG.formatted(", \"chat_template\": \"" + PUBLISHED + "\""));
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThat(ChatForms.of(folder).orElseThrow().name()).isEqualTo("chatglm3");
            Files.writeString(folder.resolve("tokenizer_config.json"),
                    CONFIG.formatted(", \"chat_template\": \"{{ messages[0].content }}\""));
            assertThat(ChatForms.of(folder).orElseThrow().name()).isEqualTo("jinja");
            Files.writeString(folder.resolve("tokenizer_config.json"),
                    CONFIG.formatted(", \"chat_template\": \"{{ raise_exception('no') }}\""));
            assertThat(ChatForms.of(folder).orElseThrow().name()).isEqualTo("jinja");
        }
    }

    /** What the published template renders has the ids of the form. */
    @Test void thePublishedTemplateHasTheSameIds() {
        try (Tokenizer tokenizer = Tokenizer.read(TinySentencePiece.ofLlama().piece("[", -900, Type.NORMAL)
                .write(folder))) {
            var form = form(tokenizer);
            var messages = List.of(Message.system("the"), Message.user("a cat\n"), Message.assistant("中国"),
                    Message.user("ab"));
            assertThat(String.join("", form.render(messages, true).stream().map(Segment::text).toList())
                    .replace("<|sop|>", "sop"))
                    .isEqualTo(ChatTemplate.of("published", PUBLISHED.replace("\\n", "\n"), Map.of())
                    .render(messages, true));
        }
    }

    @Test void otherFoldersHaveNoSuchForm() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"name_or_path\": \"THUDM/chatglm2-6b\", \"tokenizer_class\": \"ChatGLMTokenizer\"}");
        assertThat(new ChatGlm3Form().isOf(folder)).isFalse();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"LlamaTokenizer\"}");
        assertThat(new ChatGlm3Form().isOf(folder)).isFalse();
        Files.delete(folder.resolve("tokenizer_config.json"));
        assertThat(new ChatGlm3Form().isOf(folder)).isFalse();
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"chatglm\"}");
        assertThat(new ChatGlm3Form().isOf(folder)).isTrue();
        Files.writeString(folder.resolve("tokenization_chatglm.py"),
                "special_tokens = [\"[MASK]\", \"[gMASK]\", \"[sMASK]\", \"sop\", \"eop\"]");
        assertThat(new ChatGlm3Form().isOf(folder)).isFalse();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"ChatGLM4Tokenizer\"}");
        assertThat(new ChatGlm3Form().isOf(folder)).isFalse();
    }

    @Test void aTokenizerThatIsNotChatGlm3sIsRefused() {
        try (Tokenizer tokenizer = Tokenizer.read(TinySentencePiece.ofLlama().withoutDummyPrefix().write(folder))) {
            assertThatThrownBy(() -> form(tokenizer)).isInstanceOf(UserError.class)
                    .hasMessageContaining("puts no space before a text");
        }
        TinyTokenizers.write(folder);
        try {
            Files.writeString(folder.resolve("tokenizer_config.json"), CONFIG.formatted(""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            assertThatThrownBy(() -> form(tokenizer)).isInstanceOf(UserError.class)
                    .hasMessageContaining("lacks its role tokens");
        }
    }

    private ChatGlm3Template form(Tokenizer tokenizer) {
        return (ChatGlm3Template) new ChatGlm3Form().template(folder, tokenizer);
    }

    private ConversationEncoder encoder(Tokenizer tokenizer) {
        return ConversationEncoder.ofTemplate(tokenizer, form(tokenizer), 1000,
                OverLength.REFUSE);
    }

    private static int[] learned(Example example) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < example.length(); i++) {
            if (example.trained()[i]) {
                ids.add(example.ids()[i]);
            }
        }
        return ids.stream().mapToInt(id -> id).toArray();
    }
}
