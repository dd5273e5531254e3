package io.weft.token.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.golden.Golden;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Files from people who do this job: what is asked, learned, and told apart. */
class EncodeCasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach void read() { tokenizer = TinyTokenizers.make(folder); }

    @AfterEach void close() { tokenizer.close(); }

    private static Path caseFile(String name) {
        Path root = Golden.root().map(golden -> golden.resolveSibling("cases").resolve(name)).orElse(Path.of(name));
        Assumptions.assumeTrue(Files.exists(root), "no cases beside the golden data: " + name);
        return root;
    }

    private static List<JsonNode> lines(String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(caseFile(name))) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private ConversationEncoder template(String name) throws IOException {
        Files.copy(caseFile(name), folder.resolve("chat_template.jinja"), StandardCopyOption.REPLACE_EXISTING);
        return ConversationEncoder.ofTemplate(tokenizer, ChatForms.of(folder).orElseThrow().template(folder, tokenizer),
                1000, OverLength.REFUSE);
    }

    @Test void everyAnswerIsLearnedWhole() throws IOException {
        for (String name : List.of("K2/pl.jsonl", "K2/heart.jsonl", "K2/space.jsonl", "K2/tut.jsonl")) {
            for (JsonNode row : lines(name)) {
                String prompt = row.has("prompt") ? row.get("prompt").textValue()
                        : PromptStyle.TUTORIAL.build(row.get("instruction").textValue(), "");
                String answer = row.path(row.has("completion") ? "completion" : "output").textValue();
                var encoder = ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000, OverLength.REFUSE);
                Conversation asked = Conversation.of(prompt, answer, new Place(name, 1));
                Example example = encoder.encode(asked).get(0).documents().get(0);
                int[] ids = encoder.encodePrompt(asked.asked());
                assertThat(example.ids()).as(name + row).startsWith(ids);
                int[] learned = IntStream.range(0, example.length()).filter(i -> example.trained()[i])
                        .map(i -> example.ids()[i]).toArray();
                assertThat(learned).as(name + row).isEqualTo(Arrays.copyOfRange(example.ids(), ids.length,
                        example.length()));
                assertThat(encoder.answerText(Arrays.copyOf(learned, learned.length - 1))).isEqualTo(answer);
            }
        }
    }

    @Test void whatTheTemplatePutsBehindAnAnswerEndsIt() throws IOException {
        ConversationEncoder encoder = template("K1/chat_template.jinja");
        assertThat(encoder.ending().ids()).contains(tokenizer.id("<|im_end|>").getAsInt());
    }

    @Test void rowsThatATemplateRefusesAreSetAsideWithTheirLines() throws IOException {
        for (String name : List.of("D5/alternate.jinja", "D5/nosystem.jinja")) {
            ConversationEncoder encoder = template(name);
            List<JsonNode> rows = lines("D5/conv.jsonl");
            int taken = 0;
            for (int i = 0; i < rows.size(); i++) {
                List<Message> messages = new ArrayList<>();
                rows.get(i).get("messages").forEach(turn -> messages.add(new Message(turn.get("role").textValue(),
                        turn.get("content").textValue())));
                taken += encoder.encode(new Conversation(messages, new Place("conv.jsonl", i + 1))).size();
            }
            assertThat(encoder.setAside()).isNotEmpty().hasSize(rows.size() - taken);
            assertThat(taken).isGreaterThan(40);
            assertThat(encoder.setAside()).allSatisfy(row -> assertThat(row.toString()).startsWith("conv.jsonl line ")
                    .containsPattern("roles must alternate|System role not supported")
                    .contains("(line 1 of chat_template.jinja)"));
        }
    }

    @Test void whiteSpaceThatATemplatePutsAroundAnAnswerIsNobodysWords() throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), """
                {%- for m in messages %}{% if m.role == 'user' %}[Q]{{ m.content }}[/Q]{% else %} {{ m.content }} \
                <|im_end|>{% endif %}{% endfor %}""");
        var encoder = ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 1000, OverLength.REFUSE);
        Conversation row = Conversation.of("the cat", "reads", new Place("rows", 1));
        Example example = encoder.encode(row).get(0).documents().get(0);
        int from = encoder.encodePrompt(row.asked()).length;
        assertThat(example.ids()[example.length() - 1]).isEqualTo(tokenizer.id("<|im_end|>").getAsInt());
        int[] answer = Arrays.copyOfRange(example.ids(), from, example.length() - 1);
        assertThat(tokenizer.decode(answer, false)).isEqualTo(" reads ");
        assertThat(encoder.answer(answer)).isEqualTo(new AnswerText("", "reads")).isEqualTo(encoder.expected(row));
        assertThat(encoder.answerText(tokenizer.encodePlain(" the cat reads"))).isEqualTo("the cat reads");
    }
}
