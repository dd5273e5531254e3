package io.weft.token;

import io.weft.data.Message;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * ChatGLM3's conversations, as {@code build_chat_input} of the published tokenization_chatglm.py makes them. Role
 * tokens separate the turns; behind each stands a line of metadata (of an assistant's turn that calls a tool: its
 * name), then the content. Line and content are encoded each by itself, each with the space that the tokenizer puts
 * before a text.
 * <pre>
 * [gMASK] sop &lt;|user|&gt; \n 北京天气如何? &lt;|assistant|&gt; get_weather\n tool_call(city='北京') &lt;|observation|&gt; \n
 * {"temp": 21} &lt;|assistant|&gt; \n 21 度。 &lt;/s&gt;
 *                                                    ------------------------------------ -------------
 *                                                    -------------
 * </pre> What is underlined is learned. A turn ends with the token of the role that speaks next, or with the end token
 * where the conversation ends; that token is part of what the assistant says, as in ChatGLM3's own fine-tuning code
 * (finetune_hf.py shifts its mask by one for it), and ends an answer, see {@link Tokenizer#endIds}. Unlike there, what
 * a tool returned is not learned.
 */
public final class ChatGlm3Form implements MessageTemplate {
    private static final Map<String, String> ROLES = Map.of("system", ChatGlm.SYSTEM, "developer", ChatGlm.SYSTEM,
            "user", ChatGlm.USER, "assistant", ChatGlm.ASSISTANT,
            "observation", ChatGlm.OBSERVATION, "tool", ChatGlm.OBSERVATION, "function", ChatGlm.OBSERVATION);
    private static final List<Message> PROBE = List.of(Message.system("a"), Message.user("b"), Message.assistant("c"),
            Message.user("d"));
    private static final String PROBE_TEXT =
            "[gMASK]sop<|system|>\n a<|user|>\n b<|assistant|>\n c<|user|>\n d<|assistant|>";
    private final Piece begin, end;

    private ChatGlm3Form(Tokenizer tokenizer) {
        StringBuilder prefix = new StringBuilder();
        IntStream.of(tokenizer.prefix()).forEach(id -> prefix.append(tokenizer.token(id).orElseThrow()));
        begin = new Piece(prefix.toString(), false, false);
        end = new Piece(tokenizer.token(tokenizer.eos().orElseThrow()).orElseThrow(), false, true);
    }

    /**
     * One turn. @param metadata the line behind the role: the name of the tool that an assistant's turn calls, else
     * empty
     * @param role system, user, assistant, or observation (also called tool or function) for what a tool returned;
     *     developer counts as system
     */
    public record Turn(String role, String metadata, String content) {
        public static Turn of(Message message) { return new Turn(message.role(), "", message.content()); }

        /**
         * A system turn that offers tools.
         *
         * @param tools maps of name, description and parameters, in the order of their keys
         */
        public static Turn system(String content, List<?> tools) {
            return new Turn("system", "", content + "\n"
                    + ChatTemplate.of("tools", "{{ tools | tojson(indent=4) }}", Map.of())
                    .render(List.of(), false, Map.of("tools", tools)));
        }
    }

    /**
     * The form of a ChatGLM3 folder; empty for any other. It stands in for a chat template that renders the same text,
     * as the one in the published tokenizer_config.json does, since that tells neither metadata nor where a turn ends;
     * another template is somebody's own and stays, so that this is empty as well.
     * @throws UserError when the tokenizer is not as ChatGLM3's
     */
    public static Optional<ChatGlm3Form> of(Path folder, Tokenizer tokenizer) {
        if (!isOf(folder) || !ChatTemplate.read(folder).map(ChatGlm3Form::saysTheSame).orElse(true)) {
            return Optional.empty();
        }
        check(folder, tokenizer);
        return Optional.of(new ChatGlm3Form(tokenizer));
    }

    /** Whether a folder is ChatGLM3's. */
    public static boolean isOf(Path folder) { return ChatGlm.isFolder(folder) && !ChatGlm.isSecond(folder); }

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
        for (String role : ROLES.values()) {
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

    @Override public List<Piece> render(List<Message> messages, boolean answerNext) {
        return renderTurns(messages.stream().map(Turn::of).toList(), answerNext);
    }

    /** As {@link #render}, for conversations with tools. @throws UserError when a role is not known */
    public List<Piece> renderTurns(List<Turn> turns, boolean answerNext) {
        List<Piece> pieces = new ArrayList<>(List.of(begin));
        boolean spoke = false;                                       // whether the turn before was the assistant's
        for (Turn turn : turns) {
            String role = ROLES.get(turn.role());
            if (role == null) {
                throw UserError.of(say("ChatGLM3 knows no role '%s'; expected system, user, assistant, tool or "
                        + "observation", turn.role()));
            }
            boolean speaks = role.equals(ChatGlm.ASSISTANT);
            pieces.add(new Piece(role, false, spoke));
            pieces.add(new Piece(turn.metadata(), true, speaks));
            pieces.add(new Piece("\n", false, speaks));
            // the space that stands before every text
            pieces.add(new Piece(turn.content().isEmpty() ? "" : " " + turn.content(), true, speaks));
            spoke = speaks;
        }
        pieces.add(answerNext ? new Piece(ChatGlm.ASSISTANT, false, spoke) : new Piece(end.text(), false, spoke));
        return pieces.stream().filter(piece -> !piece.text().isEmpty()).toList();
    }

    /** The line of an answer that calls no tool. */
    @Override public String answerOpening() { return "\n "; }
}
