package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.golden.Golden;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.token.ChatForms;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What becomes of rows that are too long: no way but cutEnd takes the marker of an answer or the token that ends it.
 */
class OverLengthTest {
    private static final Place PLACE = new Place("rows.jsonl", 1);
    private static final List<OverLength> WAYS = List.of(OverLength.CUT, OverLength.CUT_MIDDLE, OverLength.CUT_RIGHT,
            OverLength.SPLIT);
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void noTemplateLosesItsMarkersOrItsEnd() throws IOException {
        Conversation row = Conversation.of(words("ask", 40), words("say", 40), PLACE);
        int checked = 0;
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/bpe_qwen2")); var files = Files.list(
                Golden.at("chat_templates/templates"))) {
            for (Path file : files.sorted().toList()) {
                List<ExampleGroup> whole = encoder(tokenizer, file, 1 << 16, OverLength.REFUSE).encode(row);
                if (whole.isEmpty()) {
                    continue;
                }
                Example one = whole.get(0).documents().get(0);
                for (OverLength how : WAYS) {
                    for (int fewer : new int[] {7, one.length() / 2}) {
                        checked += check(encoder(tokenizer, file, one.length() - fewer, how).encode(row), one,
                                one.length() - fewer, how, file.getFileName() + " " + how + " -" + fewer);
                    }
                }
            }
        }
        Golden.ran("chat templates, rows too long", checked);
        assertThat(checked).isGreaterThan(200);
    }

    private static int check(List<ExampleGroup> groups, Example whole, int limit, OverLength how, String what) {
        int begin = whole.promptLength(), marker = 2, behind = behindAnswer(whole);
        int[] learned = new int[0];
        for (int i = 0; i < groups.size(); i++) {
            Example part = groups.get(i).documents().get(0);
            assertThat(part.length()).as(what).isLessThanOrEqualTo(limit);
            int from = i > 0 ? begin : part.promptLength();
            assertThat(Arrays.copyOfRange(part.ids(), from - marker, from)).as(what)
                    .isEqualTo(Arrays.copyOfRange(whole.ids(), begin - marker, begin));
            if (i == groups.size() - 1) {
                assertThat(Arrays.copyOfRange(part.ids(), part.length() - behind, part.length())).as(what)
                        .isEqualTo(Arrays.copyOfRange(whole.ids(), whole.length() - behind, whole.length()));
            }
            learned = PlainDocuments.join(learned, trained(part));
        }
        if (how == OverLength.SPLIT && groups.size() > 1) {
            assertThat(learned).as(what).isEqualTo(trained(whole));
        }
        if (how == OverLength.CUT_RIGHT && whole.length() - limit <= 30) {
            int[] ids = groups.get(0).documents().get(0).ids();
            assertThat(Arrays.copyOf(ids, begin)).as(what).isEqualTo(Arrays.copyOf(whole.ids(), begin));
        }
        return groups.size();
    }

    /** What ends the answer, and what stands behind it. */
    private static int behindAnswer(Example whole) {
        int last = whole.length() - 1;
        while (!whole.trained()[last]) {
            last--;
        }
        return whole.length() - last;
    }

    @Test void aQuestionLosesItsMiddleOrItsEndAndKeepsItsMarker() {
        try (Tokenizer tokenizer = Tokenizer.read(TinyTokenizers.writeWithBegin(folder))) {
            Conversation row = Conversation.of("1".repeat(10) + "2".repeat(10) + "3".repeat(10) + "\n\n输出:", "7777",
                    PLACE);
            int whole = only(text(tokenizer, 100, OverLength.REFUSE).encode(row)).length();
            assertThat(decoded(tokenizer, row, whole - 10, OverLength.CUT)).isEqualTo("<|endoftext|>" + "2".repeat(10)
                    + "3".repeat(10) + "\n\n输出:7777<|im_end|>");
            assertThat(decoded(tokenizer, row, whole - 10, OverLength.CUT_MIDDLE)).isEqualTo("<|endoftext|>"
                    + "1".repeat(10) + "3".repeat(10) + "\n\n输出:7777<|im_end|>");
            assertThat(decoded(tokenizer, row, whole - 3, OverLength.CUT_RIGHT)).isEqualTo("<|endoftext|>"
                    + "1".repeat(10) + "2".repeat(10) + "3".repeat(10) + "\n\n输出:7<|im_end|>");
            assertThat(decoded(tokenizer, row, whole - 13, OverLength.CUT_RIGHT)).isEqualTo("<|endoftext|>"
                    + "1".repeat(10) + "2".repeat(10) + "\n\n输出:7<|im_end|>");
            for (OverLength how : WAYS) {
                assertThat(text(tokenizer, 3, how).encode(row)).as(how.word()).isEmpty();
            }
        }
    }

    @Test void aLongAnswerGoesOnBehindItsQuestionAndIsLearnedOnce() {
        try (Tokenizer tokenizer = Tokenizer.read(TinyTokenizers.writeWithBegin(folder))) {
            Conversation row = Conversation.of("11\n\n输出:", "2345678923456789234567892345", PLACE);
            Example whole = only(text(tokenizer, 100, OverLength.REFUSE).encode(row));
            ConversationEncoder encoder = text(tokenizer, whole.promptLength() + 10, OverLength.SPLIT);
            List<Example> parts = encoder.encode(row).stream().map(group -> only(List.of(group))).toList();
            assertThat(parts).extracting(part -> tokenizer.decode(trained(part), false)).containsExactly("2345678923",
                    "45678", "92345", "67892", "345<|im_end|>");
            assertThat(tokenizer.decode(parts.get(1).ids(), false)).isEqualTo("<|endoftext|>11\n\n输出:7892345678");
            assertThat(encoder.report().split()).isEqualTo(1);
            assertThat(encoder.report().cut()).isZero();
            Conversation asked = Conversation.of("1".repeat(60) + "\n\n输出:", "77777", PLACE);
            assertThat(only(text(tokenizer, 40, OverLength.SPLIT).encode(asked)).ids()).isEqualTo(
                    only(text(tokenizer, 40, OverLength.CUT).encode(asked)).ids());
        }
    }

    @Test void aConversationIsDividedBetweenItsExchangesAndEachAnswerLearnedOnce() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/bpe_qwen2"))) {
            Path file = Golden.at("chat_templates/templates").resolve(chatMl());
            List<Message> messages = new ArrayList<>(List.of(Message.system("Be kind.")));
            for (int i = 1; i <= 5; i++) {
                messages.add(Message.user("Question " + i + "?"));
                messages.add(Message.assistant("Answer " + i + " is so."));
            }
            Conversation row = new Conversation(messages, PLACE);
            Example whole = only(encoder(tokenizer, file, 1 << 16, OverLength.REFUSE).encode(row));
            int limit = whole.length() * 2 / 3;
            List<Example> parts = encoder(tokenizer, file, limit, OverLength.SPLIT).encode(row).stream()
                    .map(group -> only(List.of(group))).toList();
            assertThat(parts).hasSize(2).allSatisfy(part -> {
                assertThat(part.length()).isLessThanOrEqualTo(limit);
                assertThat(tokenizer.decode(part.ids(), false)).contains("Be kind.");
            });
            assertThat(PlainDocuments.join(trained(parts.get(0)), trained(parts.get(1)))).isEqualTo(trained(whole));
            String second = tokenizer.decode(parts.get(1).ids(), false);
            assertThat(second).as("earlier exchanges are read, where there is room").contains("Answer 3 is so.");
            assertThat(tokenizer.decode(trained(parts.get(1)), false)).doesNotContain("Answer 3");
        }
    }

    private static String chatMl() throws IOException {
        try (var files = Files.list(Golden.at("chat_templates/templates"))) {
            for (Path file : files.sorted().toList()) {
                if (Files.readString(file).length() < 500 && Files.readString(file).contains("<|im_start|>")) {
                    return file.getFileName().toString();
                }
            }
        }
        throw new IllegalStateException("no plain ChatML among the templates");
    }

    @Test void whatIsSaidOfAWholeAnswerIsNotDivided() {
        try (Tokenizer tokenizer = Tokenizer.read(TinyTokenizers.writeWithBegin(folder))) {
            Conversation row = Conversation.of("11\n\n输出:", "7".repeat(30), PLACE);
            for (Sample sample : List.of(new Judged(row, true), new Preference(row.asked(), row.answer(), "8", PLACE),
                    new Labelled(List.of(Message.user("7".repeat(50))), "a", PLACE))) {
                assertThatThrownBy(() -> text(tokenizer, 20, OverLength.SPLIT).labelled(List.of("a")).encode(sample))
                        .isInstanceOf(UserError.class).hasMessageContainingAll("rows.jsonl line 1",
                        "data.overLength split cannot divide");
            }
        }
    }

    private static ConversationEncoder text(Tokenizer tokenizer, int maxLength, OverLength how) {
        return ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, maxLength, how);
    }

    private static String decoded(Tokenizer tokenizer, Conversation row, int limit, OverLength how) {
        Example example = only(text(tokenizer, limit, how).encode(row));
        assertThat(example.length()).isEqualTo(limit);
        return tokenizer.decode(example.ids(), false);
    }

    private static int[] trained(Example example) {
        return IntStream.range(0, example.length()).filter(i -> example.trained()[i]).map(i -> example.ids()[i])
                .toArray();
    }

    private static Example only(List<ExampleGroup> groups) {
        assertThat(groups).hasSize(1);
        return groups.get(0).documents().get(0);
    }

    private static String words(String word, int times) {
        var words = new StringBuilder();
        for (int i = 0; i < times; i++) {
            words.append(word).append(i).append(' ');
        }
        return words.toString().strip();
    }

    private ConversationEncoder encoder(Tokenizer tokenizer, Path template, int limit, OverLength how)
            throws IOException {
        Files.copy(template, folder.resolve("chat_template.jinja"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{'bos_token': '<s>', 'eos_token': '</s>', 'pad_token': '<pad>', 'unk_token': '<unk>'}"
                .replace('\'', '"'));
        return ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), limit, how);
    }
}
