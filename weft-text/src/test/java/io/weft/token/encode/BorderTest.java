package io.weft.token.encode;

import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.golden.Golden;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class BorderTest {
    private static final Place PLACE = new Place("rows.jsonl", 1);
    /** Prompts and answers that tokenizers like to join, and some that they do not. */
    private static final List<String> PROMPTS = List.of("un", "Q: ", "The capital of France is", "x =", "1",
            "Answer:\n", "Review: good film. Sentiment: ", "a\n\n输出:", "说:", "", "the c", "tab\t", "12", "  ", "é",
            "👩‍👩‍👧", "end.  \n");
    private static final List<String> ANSWERS = List.of("happy", "yes", "Paris", " Paris", "= y", "2", "\nyes",
            "positive", "\"green\"", "**bold**", "好的", "at reads", "\tx", "3456", "  two", "́", "…",
            "<|im_end|> no");
    private static final String CHAT = """
            {%- for m in messages %}<|im_start|>{{ m.role }}
            {{ m.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";
    /** One text from end to end, its turns told apart by words alone. */
    private static final String WORDS = """
            {%- for m in messages %}{% if m.role == 'assistant' %}A: {{ m.content }}
            {% else %}Q: {{ m.content }}
            {% endif %}{% endfor %}{% if add_generation_prompt %}A: {% endif %}""";
    @TempDir Path folder;

    @Test void anAnswerIsLearnedWholeBehindTheVeryIdsThatAskForIt() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            check(tokenizer, ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000, OverLength.REFUSE));
        }
    }

    @Test void soItIsWithRealTokenizers() throws IOException {
        int ran = 0;
        for (Path path : Golden.folders("tokenizers", "tokenizer.json")) {
            try (Tokenizer tokenizer = Tokenizer.read(path)) {
                if (tokenizer.eos().isPresent()) {
                    check(tokenizer, ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000,
                            OverLength.REFUSE));
                    ran++;
                }
                for (String source : List.of(CHAT, WORDS)) {
                    check(tokenizer, encoder(tokenizer, source));
                }
            }
        }
        Golden.ran("borders of tokenizers", ran);
    }

    private void check(Tokenizer tokenizer, ConversationEncoder encoder) {
        for (String prompt : PROMPTS) {
            for (String answer : ANSWERS) {
                Conversation row = Conversation.of(prompt, answer, PLACE);
                Example example = only(encoder.encode(row));
                int[] asked = encoder.encodePrompt(row.asked());
                String what = "'" + prompt + "' + '" + answer + "' " + Arrays.toString(example.ids());
                assertThat(Arrays.copyOf(example.ids(), asked.length)).as(what).isEqualTo(asked);
                int end = 0;
                while (end < example.length() && (end < asked.length || example.trained()[end])) {
                    assertThat(example.trained()[end]).as(what).isEqualTo(end >= asked.length);
                    end++;
                }
                String learned = tokenizer.decode(Arrays.copyOf(example.ids(), end), true);
                assertThat(learned).as(what).startsWith(tokenizer.decode(asked, true) + answer);
            }
        }
        assertThat(encoder.report().borders().joined()).isZero();
    }

    @Test void idsStayThoseOfOneTextWhereThatHasABorder() {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            int moved = 0;
            for (String prompt : PROMPTS) {
                for (String answer : ANSWERS) {
                    var exact = ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000, OverLength.REFUSE);
                    var joined = ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000, OverLength.REFUSE,
                            Border.JOINED);
                    Conversation row = Conversation.of(prompt, answer, PLACE);
                    Example ours = only(exact.encode(row));
                    int[] theirs = joined.encode(row).isEmpty() ? null : only(joined.encode(row)).ids();
                    assertThat(exact.report().borders().moved()).isEqualTo(joined.report().borders().joined() / 2);
                    if (exact.report().borders().moved() == 0) {
                        assertThat(ours.ids()).isEqualTo(theirs);
                    } else {
                        assertThat(ours.ids()).isNotEqualTo(theirs);
                        moved++;
                    }
                }
            }
            assertThat(moved).isBetween(1, PROMPTS.size() * ANSWERS.size() / 2);
        }
    }

    @Test void eachTurnOfAConversationBeginsWhereItsPromptEnds() throws IOException {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            Random random = new Random(7);
            for (String source : List.of(CHAT, WORDS)) {
                ConversationEncoder encoder = encoder(tokenizer, source);
                for (int round = 0; round < 60; round++) {
                    List<Message> messages = new ArrayList<>();
                    int turns = 1 + random.nextInt(4);
                    for (int turn = 0; turn < turns; turn++) {
                        messages.add(Message.user(PROMPTS.get(random.nextInt(PROMPTS.size()))));
                        messages.add(Message.assistant(ANSWERS.get(random.nextInt(ANSWERS.size()))));
                    }
                    Example example = only(encoder.encode(new Conversation(messages, PLACE)));
                    for (int turn = 1; turn < messages.size(); turn += 2) {
                        int[] asked = encoder.encodePrompt(messages.subList(0, turn));
                        assertThat(example.ids()).startsWith(asked);
                        assertThat(example.trained()[asked.length]).isTrue();
                        assertThat(example.trained()[asked.length - 1]).isFalse();
                    }
                    assertThat(tokenizer.decode(example.ids(), false)).contains(messages.get(1).content());
                }
                assertThat(encoder.report().borders().skipped()).isZero();
            }
        }
    }

    @Test void bothAnswersOfAPairStandBehindOnePrompt() throws IOException {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            for (ConversationEncoder encoder : List.of(encoder(tokenizer, WORDS), encoder(tokenizer, CHAT),
                    ConversationEncoder.ofText(tokenizer, PromptStyle.PLAIN, 1000, OverLength.REFUSE))) {
                List<Message> prompt = List.of(Message.user("the c"));
                List<Sample> samples = List.of(new Preference(prompt, "at reads", "\"no\"", PLACE),
                        new Judged(Conversation.answered(prompt, "at reads", PLACE), true));
                for (Sample sample : samples) {
                    for (Example document : encoder.encode(sample).get(0).documents()) {
                        int[] asked = encoder.encodePrompt(prompt);
                        assertThat(document.ids()).startsWith(asked);
                        assertThat(IntStream.range(0, document.length()).filter(i -> document.trained()[i]).findFirst())
                                .hasValue(asked.length);
                    }
                }
            }
        }
    }

    @Test void aRowThatIsCutIsAskedAsItIsLearned() throws IOException {
        try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
            String source = CHAT.replace("assistant\n{% endif %}", "assistant\n the c{% endif %}")
                    .replace("{{ m.content }}", "{{ ' the c' if m.role == 'assistant' }}{{ m.content }}");
            ConversationEncoder encoder = encoder(tokenizer, source);
            Conversation row = Conversation.of("the teacher reads the book. ".repeat(9), "at reads", PLACE);
            int whole = only(encoder.encode(row)).length();
            int limit = whole - 5;
            Files.writeString(folder.resolve("chat_template.jinja"), source);
            ConversationEncoder cutting = ConversationEncoder.ofTemplate(tokenizer,
                    ChatForms.of(folder).orElseThrow().template(folder, tokenizer), limit, OverLength.CUT);
            Example cut = only(cutting.encode(row));
            assertThat(cut.length()).isEqualTo(limit);
            int learned = (int) IntStream.range(0, limit).filter(i -> cut.trained()[i]).count();
            int after = whole - encoder.encodePrompt(row.asked()).length;
            assertThat(cut.ids()).startsWith(cutting.encodePrompt(row.asked(), limit - after));
            assertThat(learned).isLessThanOrEqualTo(after);
        }
    }

    private ConversationEncoder encoder(Tokenizer tokenizer, String template) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 1000, OverLength.REFUSE);
    }

    private static Example only(List<ExampleGroup> groups) {
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).documents()).hasSize(1);
        return groups.get(0).documents().get(0);
    }
}
