package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.golden.Golden;
import io.weft.token.chat.Segment;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.SegmentEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Ids, texts and conversations of the golden tokenizer.model files, in folders of ChatGLM3's and of Llama-2's kind. */
class SentencePieceGoldenTest {
    private static final Pattern ROLE = Pattern.compile("<\\|(system|user|assistant|observation)\\|>");

    /** The folders whose tokenizer.model stands alone and whose role tokens follow its pieces, as ChatGLM3's do. */
    private static List<Path> chatGlm() {
        List<Path> folders = Golden.folders("tokenizers", "tokenizer.model").stream()
                .filter(folder -> !Files.exists(folder.resolve("tokenizer.json"))
                && golden(folder).path("special").has("<|user|>")).toList();
        Assumptions.assumeTrue(!folders.isEmpty(), "no ChatGLM3 tokenizer in this set");
        return folders;
    }

    /** As {@link #chatGlm}, with conversations. */
    private static List<Path> chats() {
        List<Path> folders = chatGlm().stream().filter(folder -> Files.exists(folder.resolve("chat_golden.json")))
                .toList();
        Assumptions.assumeTrue(!folders.isEmpty(), "no chat_golden.json of a ChatGLM3 tokenizer in this set");
        return folders;
    }

    private static JsonNode golden(Path folder) { return Golden.json(folder.resolve("golden.json")); }

    private static JsonNode chat(Path folder) { return Golden.json(folder.resolve("chat_golden.json")); }

    @Test void idsPiecesAndTextsOfChatGlm3AreSentencePieces() {
        int cases = 0;
        for (Path folder : chatGlm()) {
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                for (JsonNode one : golden(folder).path("cases")) {
                    String text = one.path("text").asText();
                    int[] ids = TokenizerGoldenTest.ints(one.path("ids"));
                    assertThat(tokenizer.encodePlain(text)).as(text).isEqualTo(ids);
                    assertThat(tokenizer.encode(text)).as(text)
                            .isEqualTo(TokenizerGoldenTest.ints(one.path("chatglm_ids")));
                    assertThat(Arrays.stream(ids).mapToObj(id -> tokenizer.token(id).orElseThrow())).as(text)
                            .containsExactlyElementsOf(texts(one.path("pieces")));
                    assertThat(tokenizer.decode(ids, true)).as(text).isEqualTo(one.path("decode").asText());
                    TokenizerGoldenTest.streamsAs(tokenizer, tokenizer.encode(text));
                    cases++;
                }
            }
        }
        Golden.ran("tokenizers, ChatGLM3's", cases);
    }

    @Test void specialTokensOfChatGlm3FollowThePieces() {
        for (Path folder : chatGlm()) {
            JsonNode golden = golden(folder), special = golden.path("special");
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                special.properties().forEach(token -> {
                    assertThat(tokenizer.id(token.getKey())).as(token.getKey()).hasValue(token.getValue().asInt());
                    assertThat(tokenizer.isSpecial(token.getValue().asInt())).isTrue();
                });
                assertThat(tokenizer.bos()).hasValue(golden.path("bos").asInt());
                assertThat(tokenizer.eos()).hasValue(golden.path("eos").asInt());
                assertThat(tokenizer.pad()).hasValue(golden.path("unk").asInt());
                assertThat(tokenizer.endIds()).as("the end, or somebody else's turn")
                        .containsExactlyInAnyOrder(golden.path("eos").asInt(), special.path("<|user|>").asInt(),
                        special.path("<|observation|>").asInt());
                assertThat(tokenizer.size()).isEqualTo(golden.path("piece_count").asInt() + special.size());
            }
        }
    }

    /** Folders of Llama-2's kind also hold a tokenizer.json, which is left out here. */
    @Test void idsOfALlamaFolderAreThoseOfItsTokenizerJson(@TempDir Path copies) throws IOException {
        int cases = 0, folders = 0;
        for (Path both : Golden.folders("tokenizers", "tokenizer.model")) {
            if (!Files.exists(both.resolve("tokenizer.json"))) {
                continue;
            }
            folders++;
            Path copy = Files.createDirectory(copies.resolve(both.getFileName()));
            for (String file : List.of("tokenizer.model", "tokenizer_config.json")) {
                Files.copy(both.resolve(file), copy.resolve(file));
            }
            cases += asItsTokenizerJson(copy, golden(both));
        }
        Assumptions.assumeTrue(folders > 0, "no folder of this set holds tokenizer.model and tokenizer.json");
        Golden.ran("tokenizers, SentencePiece without its tokenizer.json", cases);
    }

    private static int asItsTokenizerJson(Path folder, JsonNode golden) {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (JsonNode one : golden.path("cases")) {
                String text = one.path("text").asText();
                int[] ids = TokenizerGoldenTest.ints(one.path("ids"));
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
                assertThat(tokenizer.encodeBare(text)).as(text)
                        .isEqualTo(TokenizerGoldenTest.ints(one.path("ids_no_special")));
                if (one.path("same_as_sentencepiece").asBoolean()) {
                    assertThat(tokenizer.encodePlain(text)).as(text).isEqualTo(tokenizer.encodeBare(text));
                    assertThat(tokenizer.decode(ids, true)).as(text).isEqualTo(one.path("decode").asText());
                }
                TokenizerGoldenTest.streamsAs(tokenizer, ids);
                cases++;
            }
        }
        return cases;
    }

    @Test void conversationsAreThoseOfBuildChatInput() {
        int cases = 0;
        for (Path folder : chats()) {
            try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                var form = new ChatGlm3Template(tokenizer);
                for (JsonNode one : chat(folder).path("chat")) {
                    List<ChatGlm3Template.Turn> turns = new ArrayList<>();
                    one.path("history").forEach(turn -> turns.add(turn(turn)));
                    turns.add(new ChatGlm3Template.Turn(one.path("role").asText(), "", one.path("query").asText()));
                    int[] ids = new SegmentEncoder(tokenizer).encode(form.renderTurns(turns, true)).ids();
                    assertThat(ids).as(one.path("query").asText())
                            .isEqualTo(TokenizerGoldenTest.ints(one.path("ids")));
                    assertThat(TokenizerGoldenTest.ints(one.path("position_ids")))
                            .isEqualTo(IntStream.range(0, ids.length).toArray());
                    assertThat(tokenizer.decode(ids, false)).isEqualTo(one.path("decode").asText());
                    TokenizerGoldenTest.streamsAs(tokenizer, ids);
                    cases++;
                }
            }
        }
        Golden.ran("tokenizers, build_chat_input", cases, cases);
    }

    private static ChatGlm3Template.Turn turn(JsonNode turn) {
        String content = turn.path("content").asText();
        return turn.has("tools") ? ChatGlm3Template.Turn.system(content,
                new ObjectMapper().convertValue(turn.path("tools"), List.class))
                : new ChatGlm3Template.Turn(turn.path("role").asText(), turn.path("metadata").asText(), content);
    }

    /**
     * What the published class does when asked to: the four roles are tokens, and what stands between them is text,
     * each part with its own space in front.
     */
    @Test void rolesAreTokensWhereTheTemplateSaysThemAndTextWhereSomebodyWritesThem() {
        int cases = 0;
        for (Path folder : chats()) {
            cases += roles(folder);
        }
        Golden.ran("tokenizers, encode_special_tokens", cases, cases);
    }

    private static int roles(Path folder) {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (JsonNode one : chat(folder).path("encode_special_tokens")) {
                String text = one.path("text").asText();
                int[] expected = TokenizerGoldenTest.ints(one.path("ids_encode_special"));
                List<Segment> pieces = new ArrayList<>();
                int from = 0;
                for (Matcher role = ROLE.matcher(text); role.find(); from = role.end()) {
                    pieces.add(new Segment(text.substring(from, role.start()), true, false));
                    pieces.add(new Segment(role.group(), false, false));
                }
                pieces.add(new Segment(text.substring(from), true, false));
                int[] ids = new SegmentEncoder(tokenizer).encode(pieces).ids();
                assertThat(ids).as(text).isEqualTo(expected);
                assertThat(Arrays.stream(ids).mapToObj(id -> tokenizer.token(id).orElseThrow()))
                        .containsExactlyElementsOf(texts(one.path("tokens_encode_special")));
                assertThat(tokenizer.encodePlain(text)).as(text)
                        .isEqualTo(TokenizerGoldenTest.ints(one.path("ids_plain")));
                cases++;
            }
        }
        return cases;
    }

    @Test void trainingRowsAreTheTextsOfPromptAndAnswerAndTheEndToken() {
        int cases = 0;
        for (Path folder : chats()) {
            cases += trainingRows(folder);
        }
        Golden.ran("tokenizers, chatglm3 rows", cases, cases);
    }

    private static int trainingRows(Path folder) {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (JsonNode one : chat(folder).path("sft")) {
                String prompt = one.path("prompt").asText();
                var encoder = ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, 256, OverLength.REFUSE);
                Example example = encoder.encode(Conversation.of(prompt, one.path("completion").asText(),
                        new Place("golden", 1))).get(0).documents().get(0);
                int[] ids = TokenizerGoldenTest.ints(one.path("concat_ids")),
                        asked = TokenizerGoldenTest.ints(one.path("prompt_ids"));
                assertThat(example.ids()).as(prompt)
                        .isEqualTo(IntStream.concat(Arrays.stream(ids), IntStream.of(one.path("eos").asInt()))
                        .toArray());
                assertThat(encoder.encodePrompt(List.of(io.weft.data.Message.user(prompt)))).as(prompt)
                        .isEqualTo(asked);
                for (int i = 0; i < example.length(); i++) {
                    assertThat(example.trained()[i]).as("%s, token %d", prompt, i).isEqualTo(i >= asked.length);
                }
                cases++;
            }
        }
        return cases;
    }

    /**
     * Weft never pads: the golden batch without its padding is Weft's rows, and positions count from each row's own
     * first token.
     */
    @Test void positionsBeginAtTheFirstTokenOfARow() {
        int cases = 0;
        for (Path folder : chats()) {
            cases += positions(folder, chat(folder).path("left_padding"));
        }
        Golden.ran("tokenizers, left padding", cases, cases);
    }

    private static int positions(Path folder, JsonNode batch) {
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (int row = 0; row < batch.path("texts").size(); row++) {
                int[] ids = tokenizer.encode(batch.path("texts").path(row).asText()),
                        padded = TokenizerGoldenTest.ints(batch.path("input_ids").path(row));
                int padding = padded.length - ids.length;
                assertThat(Arrays.copyOfRange(padded, padding, padded.length)).isEqualTo(ids);
                assertThat(Arrays.stream(padded, 0, padding)).allMatch(id -> id == tokenizer.pad().orElseThrow());
                int[] positions = TokenizerGoldenTest.ints(batch.path("position_ids").path(row));
                assertThat(Arrays.copyOfRange(positions, padding, padded.length))
                        .isEqualTo(IntStream.range(0, ids.length).toArray());
            }
        }
        return batch.path("texts").size();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
