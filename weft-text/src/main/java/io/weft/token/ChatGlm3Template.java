package io.weft.token;

import io.weft.data.Message;
import io.weft.token.chat.ChatTemplate;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.chat.TemplateRefusal;
import io.weft.token.read.ChatGlmRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
final class ChatGlm3Template implements MessageTemplate {
    static final Map<String, String> ROLES = Map.of("system", ChatGlmRule.SYSTEM, "developer", ChatGlmRule.SYSTEM,
            "user", ChatGlmRule.USER, "assistant", ChatGlmRule.ASSISTANT,
            "observation", ChatGlmRule.OBSERVATION, "tool", ChatGlmRule.OBSERVATION, "function",
            ChatGlmRule.OBSERVATION);
    private final Segment begin, end;

    ChatGlm3Template(Tokenizer tokenizer) {
        StringBuilder prefix = new StringBuilder();
        IntStream.of(tokenizer.prefix()).forEach(id -> prefix.append(tokenizer.token(id).orElseThrow()));
        begin = new Segment(prefix.toString(), false, false);
        end = new Segment(tokenizer.token(tokenizer.eos().orElseThrow()).orElseThrow(), false, true);
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

    @Override public List<Segment> render(List<Message> messages, boolean answerNext) {
        return renderTurns(messages.stream().map(Turn::of).toList(), answerNext);
    }

    /** As {@link #render}, for conversations with tools. @throws TemplateRefusal when a role is not known */
    public List<Segment> renderTurns(List<Turn> turns, boolean answerNext) {
        List<Segment> segments = new ArrayList<>(List.of(begin));
        boolean spoke = false;                                       // whether the turn before was the assistant's
        for (Turn turn : turns) {
            String role = ROLES.get(turn.role());
            if (role == null) {
                throw new TemplateRefusal(say("ChatGLM3 knows no role '%s'; expected system, user, assistant, tool or "
                        + "observation", turn.role()));
            }
            boolean speaks = role.equals(ChatGlmRule.ASSISTANT);
            segments.add(new Segment(role, false, spoke));
            segments.add(new Segment(turn.metadata(), true, speaks));
            segments.add(new Segment("\n", false, speaks));
            // the space that stands before every text
            segments.add(new Segment(turn.content().isEmpty() ? "" : " " + turn.content(), true, speaks));
            spoke = speaks;
        }
        segments.add(answerNext ? new Segment(ChatGlmRule.ASSISTANT, false, spoke)
                : new Segment(end.text(), false, spoke));
        return segments.stream().filter(segment -> !segment.text().isEmpty()).toList();
    }
}
