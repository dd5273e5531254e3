package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What ChatGLM folders have beside their SentencePiece model, as the published tokenization_chatglm.py has it: command
 * tokens whose ids follow the pieces. They come from whoever builds the input, never from text; {@code [gMASK] sop}
 * stand before every text.
 */
final class ChatGlm {
    static final String SYSTEM = "<|system|>", USER = "<|user|>", ASSISTANT = "<|assistant|>",
            OBSERVATION = "<|observation|>";
    /** In the order of their ids. */
    static final List<String> COMMANDS = List.of("[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", SYSTEM, USER, ASSISTANT,
            OBSERVATION);
    static final List<String> PREFIX = List.of("[gMASK]", "sop");
    /** What a model writes when its turn is over, beside the end token: the role that is to speak next. */
    static final List<String> NEXT_ROLES = List.of(USER, OBSERVATION);
    private static final String CLASS = "ChatGLMTokenizer";

    private ChatGlm() {}

    /**
     * ChatGLM2 or ChatGLM3: tokenizer_config.json names the tokenizer, or else config.json the model. (GLM-4 names
     * another tokenizer.)
     */
    static boolean isFolder(Path folder) {
        String tokenizer = TokenizerFile.optionalJson(folder.resolve("tokenizer_config.json")).path("tokenizer_class")
                .asText("");
        return tokenizer.isEmpty() ? TokenizerFile.optionalJson(folder.resolve("config.json")).path("model_type")
                .asText().equals("chatglm") : tokenizer.equals(CLASS);
    }

    /**
     * Whether the folder is ChatGLM2's, whose conversations know no roles. Both have the same kind of config and model:
     * the name says it (name_or_path, _name_or_path), or the tokenizer's published code, which is read and never run.
     */
    static boolean isSecond(Path folder) {
        JsonNode tokenizer = TokenizerFile.optionalJson(folder.resolve("tokenizer_config.json")),
                config = TokenizerFile.optionalJson(folder.resolve("config.json"));
        String names = (tokenizer.path("name_or_path").asText() + " " + config.path("_name_or_path").asText())
                .toLowerCase(java.util.Locale.ROOT);
        if (names.contains("chatglm2") || names.contains("chatglm3")) {
            return names.contains("chatglm2");
        }
        Path code = folder.resolve("tokenization_chatglm.py");
        try {
            return Files.isRegularFile(code) && !new String(Files.readAllBytes(code), StandardCharsets.UTF_8)
                    .contains(ASSISTANT);
        } catch (IOException e) {
            // a file beside the point that cannot be read says nothing
            return false;
        }
    }

    /**
     * How a command is spelt in the vocabulary. Text is cut into pieces first, so a piece may look like a command
     * ("sop"); then the command is called {@code <|sop|>}.
     */
    static String spelling(String command, boolean isPiece) { return isPiece ? "<|" + command + "|>" : command; }
}
