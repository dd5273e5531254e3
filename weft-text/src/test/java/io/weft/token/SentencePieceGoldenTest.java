package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Ids, texts and conversations of the golden tokenizer.model, in ChatGLM3's folder and in one of Llama-2's kind. */
class SentencePieceGoldenTest {
    private static final Pattern ROLE = Pattern.compile("<\\|(system|user|assistant|observation)\\|>");

    @Test void idsPiecesAndTextsOfChatGlm3AreSentencePieces() {
        JsonNode golden = Golden.json("tokenizers/sp_chatglm3/golden.json");
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/sp_chatglm3"))) {
            for (JsonNode one : golden.path("cases")) {
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
        Golden.ran("tokenizers, sp_chatglm3", cases);
    }

    @Test void specialTokensOfChatGlm3FollowThePieces() {
        JsonNode golden = Golden.json("tokenizers/sp_chatglm3/golden.json");
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/sp_chatglm3"))) {
            golden.path("special").properties().forEach(special -> {
                assertThat(tokenizer.id(special.getKey())).as(special.getKey()).hasValue(special.getValue().asInt());
                assertThat(tokenizer.isSpecial(special.getValue().asInt())).isTrue();
            });
            assertThat(tokenizer.bos()).hasValue(golden.path("bos").asInt());
            assertThat(tokenizer.eos()).hasValue(golden.path("eos").asInt());
            assertThat(tokenizer.pad()).hasValue(golden.path("unk").asInt());
            assertThat(tokenizer.endIds()).containsExactly(2, 606, 608);
            assertThat(tokenizer.size()).isEqualTo(golden.path("piece_count").asInt() + golden.path("special").size());
        }
    }

    /** The folder also holds a tokenizer.json, which is left out here. */
    @Test void idsOfALlamaFolderAreThoseOfItsTokenizerJson(@TempDir Path folder) throws IOException {
        for (String file : List.of("tokenizer.model", "tokenizer_config.json")) {
            Files.copy(Golden.at("tokenizers/sp_llama/" + file), folder.resolve(file));
        }
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            for (JsonNode one : Golden.json("tokenizers/sp_llama/golden.json").path("cases")) {
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
        Golden.ran("tokenizers, sp_llama without tokenizer.json", cases);
    }

    @Test void conversationsAreThoseOfBuildChatInput() {
        Path folder = Golden.at("tokenizers/sp_chatglm3");
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(folder)) {
            var form = ChatGlm3Form.of(folder, tokenizer).orElseThrow();
            for (JsonNode one : Golden.json("tokenizers/sp_chatglm3/chat_golden.json").path("chat")) {
                List<ChatGlm3Form.Turn> turns = new ArrayList<>();
                one.path("history").forEach(turn -> turns.add(turn(turn)));
                turns.add(new ChatGlm3Form.Turn(one.path("role").asText(), "", one.path("query").asText()));
                int[] ids = new PieceEncoder(tokenizer).encode(form.renderTurns(turns, true)).ids();
                assertThat(ids).as(one.path("query").asText()).isEqualTo(TokenizerGoldenTest.ints(one.path("ids")));
                assertThat(TokenizerGoldenTest.ints(one.path("position_ids")))
                        .isEqualTo(IntStream.range(0, ids.length).toArray());
                assertThat(tokenizer.decode(ids, false)).isEqualTo(one.path("decode").asText());
                TokenizerGoldenTest.streamsAs(tokenizer, ids);
                cases++;
            }
        }
        Golden.ran("tokenizers, build_chat_input", cases);
    }

    private static ChatGlm3Form.Turn turn(JsonNode turn) {
        String content = turn.path("content").asText();
        return turn.has("tools") ? ChatGlm3Form.Turn.system(content,
                new ObjectMapper().convertValue(turn.path("tools"), List.class))
                : new ChatGlm3Form.Turn(turn.path("role").asText(), turn.path("metadata").asText(), content);
    }

    /**
     * What the published class does when asked to: the four roles are tokens, and what stands between them is text,
     * each part with its own space in front.
     */
    @Test void rolesAreTokensWhereTheTemplateSaysThemAndTextWhereSomebodyWritesThem() {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/sp_chatglm3"))) {
            for (JsonNode one : Golden.json("tokenizers/sp_chatglm3/chat_golden.json").path("encode_special_tokens")) {
                String text = one.path("text").asText();
                int[] expected = TokenizerGoldenTest.ints(one.path("ids_encode_special"));
                List<Piece> pieces = new ArrayList<>();
                int from = 0;
                for (Matcher role = ROLE.matcher(text); role.find(); from = role.end()) {
                    pieces.add(new Piece(text.substring(from, role.start()), true, false));
                    pieces.add(new Piece(role.group(), false, false));
                }
                pieces.add(new Piece(text.substring(from), true, false));
                int[] ids = new PieceEncoder(tokenizer).encode(pieces).ids();
                assertThat(ids).as(text).isEqualTo(expected);
                assertThat(Arrays.stream(ids).mapToObj(id -> tokenizer.token(id).orElseThrow()))
                        .containsExactlyElementsOf(texts(one.path("tokens_encode_special")));
                assertThat(tokenizer.encodePlain(text)).as(text)
                        .isEqualTo(TokenizerGoldenTest.ints(one.path("ids_plain")));
                cases++;
            }
        }
        Golden.ran("tokenizers, encode_special_tokens", cases);
    }

    @Test void trainingRowsAreTheTextsOfPromptAndAnswerAndTheEndToken() {
        int cases = 0;
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/sp_chatglm3"))) {
            for (JsonNode one : Golden.json("tokenizers/sp_chatglm3/chat_golden.json").path("sft")) {
                String prompt = one.path("prompt").asText();
                var encoder = ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, 256, OverLength.REFUSE);
                Example example = encoder.encode(Conversation.of(prompt, one.path("completion").asText(),
                        new Place("golden", 1))).orElseThrow();
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
        Golden.ran("tokenizers, chatglm3 rows", cases);
    }

    /**
     * Weft never pads: the golden batch without its padding is Weft's rows, and positions count from each row's own
     * first token.
     */
    @Test void positionsBeginAtTheFirstTokenOfARow() {
        JsonNode batch = Golden.json("tokenizers/sp_chatglm3/chat_golden.json").path("left_padding");
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/sp_chatglm3"))) {
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
        Golden.ran("tokenizers, left padding", batch.path("texts").size());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
