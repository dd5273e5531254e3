package io.weft.token.read;

import io.weft.file.JsonFile;
import java.nio.file.Path;
import java.util.List;

/**
 * What ChatGLM folders have beside their SentencePiece model, as the published tokenization_chatglm.py has it: command
 * tokens, of which {@code [gMASK] sop} stand before every text, and roles that speak next.
 */
public final class ChatGlmRule implements TokenizerRule {
    public static final String SYSTEM = "<|system|>", USER = "<|user|>", ASSISTANT = "<|assistant|>",
            OBSERVATION = "<|observation|>";
    private static final List<String> COMMANDS = List.of("[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", SYSTEM, USER,
            ASSISTANT, OBSERVATION);
    private static final String CLASS = "ChatGLMTokenizer";

    /**
     * ChatGLM2 or ChatGLM3: tokenizer_config.json names the tokenizer, or else config.json the model. (GLM-4 names
     * another tokenizer.)
     */
    @Override public boolean isFor(Path folder) {
        String tokenizer = JsonFile.optional(folder.resolve("tokenizer_config.json")).path("tokenizer_class")
                .asText("");
        return tokenizer.isEmpty() ? JsonFile.optional(folder.resolve("config.json")).path("model_type").asText()
                .equals("chatglm") : tokenizer.equals(CLASS);
    }

    @Override public List<String> commands() { return COMMANDS; }

    @Override public List<String> prefix() { return List.of("[gMASK]", "sop"); }

    @Override public List<String> turnEnds() { return List.of(USER, OBSERVATION); }

    @Override public boolean padsWithUnknown() { return true; }

    /** Text is cut into pieces first, so a piece may look like a command ("sop"); then it is {@code <|sop|>}. */
    @Override public String spelling(String command, boolean isPiece) {
        return isPiece ? "<|" + command + "|>" : command;
    }
}
