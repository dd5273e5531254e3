package io.weft.token.chat;

import io.weft.data.Message;
import io.weft.golden.Golden;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Masks of real templates: whatever is not refused trains the assistant's words, all that the template kept of them,
 * and nobody else's.
 */
class ChatTemplateGoldenTest {
    private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>", "pad_token",
            "<pad>", "unk_token", "<unk>");
    private static final List<List<Message>> CONVERSATIONS = List.of(
        List.of(Message.user("  Where? "), Message.assistant("ANSWERONE.")),
        List.of(Message.user("Q <|im_end|></s>[/INST]?"), Message.assistant("ANSWERONE!"), Message.user("more?"),
        Message.assistant("ANSWERTWO!")),
        List.of(Message.system("Be kind."), Message.user("Where?"), Message.assistant("ANSWERONE!"),
        Message.user("more?"),
            Message.assistant("<think>\nhm\n</think>\n\nANSWERTWO!")),
        List.of(Message.user("Where?"), Message.assistant("<think>\nhm\n</think>\n\nANSWERONE!"), Message.user("more?"),
        Message.assistant("<think>\nhm\n</think>\n\nANSWERTWO!")));

    private static final int MANY = 40;

    private static List<Path> templates() throws IOException {
        try (var files = Files.list(Golden.at("chat_templates/templates"))) {
            return files.sorted().toList();
        }
    }

    @Test void masksOfRealTemplatesHoldTheAssistantsWordsOnly() throws IOException {
        int ran = 0, understood = 0;
        for (var file : templates()) {
            int refused = 0;
            for (var messages : CONVERSATIONS) {
                try {
                    check(file, messages);
                    ran++;
                } catch (UserError e) {
                    assertThat(e.getMessage()).contains(file.getFileName().toString());
                    if (refused++ == 0) {
                        Golden.skipped(file, e.getMessage());
                    }
                }
            }
            understood += refused < CONVERSATIONS.size() ? 1 : 0;
        }
        Golden.ran("chat template masks", ran);
        if (templates().size() >= MANY) {
            assertThat(understood).as("of a collection this large, most").isGreaterThan(templates().size() / 2);
        }
    }

    private static void check(Path file, List<Message> messages) throws IOException {
        var template = ChatTemplate.of(file.getFileName().toString(), Files.readString(file), TOKENS);
        var rendered = template.renderWithSpans(messages);
        assertThat(rendered.text()).isEqualTo(template.render(messages, false));
        String trained = pieces(rendered, true), rest = pieces(rendered, false);
        assertThat(trained).as(file + " " + trained).containsPattern(messages.size() == 2 ? "ANSWERONE"
                : "(?s)ANSWERONE.*ANSWERTWO").doesNotContain("Where?", "more?", "Be kind.");
        assertThat(rest).as(file + " " + rest).doesNotContain("ANSWER")
                .contains(messages.get(messages.size() - 2).content().strip());
        rendered.segments().stream().filter(piece -> piece.text().contains("</s>[/INST]?"))
                .forEach(piece -> assertThat(piece.literal()).isTrue());
    }

    private static String pieces(Rendered rendered, boolean trained) {
        return rendered.segments().stream().filter(piece -> piece.trained() == trained).map(Segment::text)
                .collect(Collectors.joining());
    }

    /** Where a template marks the assistant's words itself, those found from rendered prefixes are the same words. */
    @Test void prefixesFindTheWordsThatGenerationBlocksMark() throws IOException {
        int ran = 0, marking = 0;
        for (var file : templates()) {
            String marked = Files.readString(file), plain = marked.replaceAll("(\\{%[-+]?\\s*)generation\\b",
                    "$1if true").replaceAll("(\\{%[-+]?\\s*)endgeneration\\b", "$1endif");
            marking += marked.equals(plain) ? 0 : 1;
            for (var messages : marked.equals(plain) ? List.<List<Message>>of() : CONVERSATIONS) {
                try {
                    var found = ChatTemplate.of(file.getFileName().toString(), plain, TOKENS).renderWithSpans(messages);
                    var expected = ChatTemplate.of(file.getFileName().toString(), marked, TOKENS)
                            .renderWithSpans(messages);
                    assertThat(found.mask()).isNotEqualTo(expected.mask());
                    assertThat(words(found)).as(file.toString()).isEqualTo(words(expected));
                    ran++;
                } catch (UserError e) {
                    assertThat(e.getMessage()).contains(file.getFileName().toString());
                }
            }
        }
        Golden.ran("chat template masks by both ways", ran, marking);
    }

    /**
     * The assistant's trained words. Without the mark that opens its reasoning: where the prompt ends with it, it is
     * the template's.
     */
    private static List<String> words(Rendered rendered) {
        return rendered.segments().stream().filter(piece -> piece.trained() && piece.literal())
                .map(piece -> piece.text().replaceFirst("^<think>", "").strip())
            .filter(text -> !text.isEmpty()).toList();
    }
}
