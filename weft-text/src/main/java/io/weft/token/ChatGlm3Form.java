package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.token.chat.ChatTemplate;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.read.ChatGlmRule;
import io.weft.token.read.SentencePieceModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * The form of ChatGLM3's conversations, which its tokenizer's code makes: {@link ChatGlm3Template}. It stands in for a
 * chat template that renders the same text, as the one in the published tokenizer_config.json does, since that tells
 * neither metadata nor where a turn ends; another template is somebody's own and stays.
 */
final class ChatGlm3Form implements ChatForm {
    private static final List<Message> PROBE = List.of(Message.system("a"), Message.user("b"), Message.assistant("c"),
            Message.user("d"));
    private static final String PROBE_TEXT =
            "[gMASK]sop<|system|>\n a<|user|>\n b<|assistant|>\n c<|user|>\n d<|assistant|>";

    @Override public String name() { return "chatglm3"; }

    @Override public boolean isOf(Path folder) {
        return new ChatGlmRule().isFor(folder) && !isSecond(folder)
                && ChatTemplate.read(folder).map(ChatGlm3Form::saysTheSame).orElse(true);
    }

    /**
     * Whether the folder is ChatGLM2's, whose conversations know no roles. Both have the same kind of config and model:
     * the name says it (name_or_path, _name_or_path), or the tokenizer's published code, which is read and never run.
     */
    private static boolean isSecond(Path folder) {
        JsonNode tokenizer = JsonFile.optional(folder.resolve("tokenizer_config.json")),
                config = JsonFile.optional(folder.resolve("config.json"));
        String names = (tokenizer.path("name_or_path").asText() + " " + config.path("_name_or_path").asText())
                .toLowerCase(Locale.ROOT);
        if (names.contains("chatglm2") || names.contains("chatglm3")) {
            return names.contains("chatglm2");
        }
        Path code = folder.resolve("tokenization_chatglm.py");
        try {
            return Files.isRegularFile(code) && !new String(Files.readAllBytes(code), StandardCharsets.UTF_8)
                    .contains(ChatGlmRule.ASSISTANT);
        } catch (IOException e) {
            // a file beside the point that cannot be read says nothing
            return false;
        }
    }

    @Override public MessageTemplate template(Path folder, Tokenizer tokenizer) {
        check(folder, tokenizer);
        return new ChatGlm3Template(tokenizer);
    }

    private static boolean saysTheSame(ChatTemplate template) {
        try {
            return template.render(PROBE, true).equals(PROBE_TEXT);
        } catch (UserError e) {
            return false;                                            // it refuses what this form renders
        }
    }

    /** Line and content may only be encoded together as one text where no token reaches from one to the other. */
    private static void check(Path folder, Tokenizer tokenizer) {
        boolean commands = tokenizer.eos().isPresent() && tokenizer.prefix().length > 0;
        for (String role : ChatGlm3Template.ROLES.values()) {
            commands &= tokenizer.id(role).isPresent() && tokenizer.isSpecial(tokenizer.id(role).getAsInt());
        }
        boolean separate = Arrays.equals(tokenizer.encodePlain("a\n b"),
                IntStream.concat(Arrays.stream(tokenizer.encodePlain("a\n")), Arrays.stream(tokenizer.encodePlain("b")))
                .toArray());
        for (int id = 0; separate && id < tokenizer.size(); id++) {
            separate = !tokenizer.token(id).orElse("").contains("\n" + SentencePieceModel.SPACE);
        }
        if (!commands || !separate) {
            throw UserError.of(say("%s: config.json or tokenizer_config.json says ChatGLM, but the tokenizer %s; take "
                    + "ChatGLM3's tokenizer.model, or set data.prompt to plain", folder,
                    commands ? say("puts no space before a text, or has a token that goes from a line's end on")
                    : say("lacks its role tokens")));
        }
    }
}
