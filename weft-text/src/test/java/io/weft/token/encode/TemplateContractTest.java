package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.golden.Golden;
import io.weft.problem.UserError;
import io.weft.token.ChatForms;
import io.weft.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Real chat templates: what asks for an answer is how the conversation with it begins, or the row is set aside. */
class TemplateContractTest {
    private static final Place PLACE = new Place("rows.jsonl", 1);
    private static final Map<String, List<Message>> CONVERSATIONS = conversations();
    @TempDir Path folder;

    private static Map<String, List<Message>> conversations() {
        Message system = Message.system("Be kind."), first = Message.user("Where? "), more = Message.user("more?");
        Map<String, List<Message>> all = new LinkedHashMap<>();
        all.put("plain", List.of(first, Message.assistant("\"ANSWERTWO\"!")));
        all.put("system", List.of(system, first, Message.assistant("ANSWERTWO!")));
        all.put("several turns", List.of(first, Message.assistant("ANSWERONE!"), more,
                Message.assistant("ANSWERTWO!")));
        all.put("system and several turns", List.of(system, first, Message.assistant("ANSWERONE!"), more,
                Message.assistant(" ANSWERTWO!")));
        all.put("reasoning_content", List.of(first, new Message("assistant", "ANSWERTWO!", "hm")));
        all.put("think block in the content", List.of(first,
                Message.assistant("<think>\nhm\n</think>\n\nANSWERTWO!")));
        all.put("reasoning_content in several turns", List.of(first, new Message("assistant", "ANSWERONE!", "hm one"),
                more, new Message("assistant", "ANSWERTWO!", "hm")));
        return all;
    }

    @Test void whatAsksForAnAnswerIsHowTheConversationWithItBegins() throws IOException {
        int held = 0, setAside = 0, earlier = 0, skipped = 0;
        Map<String, Set<String>> reasons = new TreeMap<>();
        for (String name : List.of("tokenizers/bpe_qwen2", "tokenizers/sp_llama")) {
            try (Tokenizer tokenizer = Tokenizer.read(Golden.at(name)); var files = Files.list(
                    Golden.at("chat_templates/templates"))) {
                for (Path file : files.sorted().toList()) {
                    ConversationEncoder encoder = encoder(tokenizer, file);
                    for (var each : CONVERSATIONS.entrySet()) {
                        ConversationEncoder fresh = encoder.another();
                        List<ExampleGroup> groups = fresh.encode(new Conversation(each.getValue(), PLACE));
                        if (groups.isEmpty()) {
                            assertThat(fresh.setAside()).as(file + " " + each.getKey()).hasSize(1);
                            assertThat(fresh.report().setAside()).isEqualTo(1);
                            String why = fresh.setAside().get(0).why();
                            reasons.computeIfAbsent(file.getFileName() + ": " + why.replaceAll("\\S*" + folder
                                    .getFileName() + "\\S*", "it"), key -> new TreeSet<>()).add(each.getKey());
                            setAside++;
                            continue;
                        }
                        held++;
                        int left = check(tokenizer, fresh, each.getValue(), groups.get(0).documents().get(0),
                                file.getFileName() + " " + each.getKey());
                        earlier += (int) each.getValue().stream().filter(Message::isAssistant).count() - 1;
                        skipped += left;
                    }
                }
            }
        }
        reasons.forEach((why, cases) -> Golden.skipped(why, cases.toString()));
        Golden.ran("chat templates, answers behind the ids that ask for them (" + setAside + " set aside; "
                + + skipped + " of " + earlier + " earlier answers not learned)", held);
        assertThat(held).isGreaterThan(3 * setAside);
    }

    /** @return earlier answers that are not learned */
    private static int check(Tokenizer tokenizer, ConversationEncoder encoder, List<Message> messages, Example example,
            String what) {
        int last = messages.size() - 1, skipped = 0;
        int[] asked = encoder.encodePrompt(messages.subList(0, last));
        assertThat(Arrays.copyOf(example.ids(), asked.length)).as(what).isEqualTo(asked);
        assertThat(example.trained()[asked.length]).as(what).isTrue();
        assertThat(text(tokenizer, example, asked.length, example.length())).as(what).contains("ANSWERTWO");
        assertThat(ends(tokenizer, encoder, example)).as(what + ": ends").isTrue();
        String before = text(tokenizer, example, 0, asked.length);
        assertThat(before).as(what).doesNotContain("Where", "more?", "Be kind", "ANSWERTWO");
        for (int turn = 0; turn < last; turn++) {
            if (messages.get(turn).isAssistant()) {
                boolean learned = before.contains("ANSWERONE"), prefix = prefix(encoder, messages.subList(0, turn),
                        example);
                assertThat(learned && !prefix).as(what + ": learned otherwise than asked for").isFalse();
                skipped += learned ? 0 : 1;
            }
        }
        assertThat(encoder.report().borders().skipped()).as(what).isEqualTo(skipped);
        return skipped;
    }

    /** Whether what is learned holds what ends an answer. */
    private static boolean ends(Tokenizer tokenizer, ConversationEncoder encoder, Example example) {
        String learned = text(tokenizer, example, 0, example.length());
        return IntStream.range(0, example.length()).anyMatch(i -> example.trained()[i]
                && encoder.ending().ids().contains(example.ids()[i]))
                || encoder.ending().texts().stream().anyMatch(learned::contains);
    }

    private static boolean prefix(ConversationEncoder encoder, List<Message> asked, Example example) {
        try {
            int[] ids = encoder.encodePrompt(asked);
            return ids.length <= example.length() && Arrays.equals(ids, Arrays.copyOf(example.ids(), ids.length));
        } catch (UserError e) {
            return false;
        }
    }

    private static String text(Tokenizer tokenizer, Example example, int from, int to) {
        return tokenizer.decode(IntStream.range(from, to).filter(i -> example.trained()[i]).map(i -> example.ids()[i])
                .toArray(), false);
    }

    private ConversationEncoder encoder(Tokenizer tokenizer, Path template) throws IOException {
        Files.copy(template, folder.resolve("chat_template.jinja"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{'bos_token': '<s>', 'eos_token': '</s>', 'pad_token': '<pad>', 'unk_token': '<unk>'}"
                .replace('\'', '"'));
        return ConversationEncoder.ofTemplate(tokenizer,
                ChatForms.of(folder).orElseThrow().template(folder, tokenizer), 1 << 16, OverLength.REFUSE);
    }
}
