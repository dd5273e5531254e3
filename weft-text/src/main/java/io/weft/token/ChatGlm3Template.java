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
import java.util.Set;
import java.util.StringJoiner;
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
    private static final String TOOLS = "tools";
    private static final Set<String> SYSTEM = Set.of("system", "developer");
    /** What the published guide to tools has a system say. */
    private static final String OFFER = "Answer the following questions as best as you can. You have access to the "
            + "following tools:";
    private final Segment begin, end;
    private final List<?> tools;

    ChatGlm3Template(Tokenizer tokenizer) {
        tools = List.of();
        StringBuilder prefix = new StringBuilder();
        IntStream.of(tokenizer.prefix()).forEach(id -> prefix.append(tokenizer.token(id).orElseThrow()));
        begin = new Segment(prefix.toString(), false, false);
        end = new Segment(tokenizer.token(tokenizer.eos().orElseThrow()).orElseThrow(), false, true);
    }

    private ChatGlm3Template(ChatGlm3Template other, List<?> tools) {
        this.begin = other.begin;
        this.end = other.end;
        this.tools = tools;
    }

    /** Each tool as OpenAI's API describes it: what counts here is its function. */
    @Override public MessageTemplate given(Map<String, ?> variables) {
        if (!variables.keySet().equals(Set.of(TOOLS)) || !(variables.get(TOOLS) instanceof List<?> offered)) {
            return MessageTemplate.super.given(variables);
        }
        return new ChatGlm3Template(this, offered.stream()
                .map(each -> each instanceof Map<?, ?> tool && tool.get("function") instanceof Map<?, ?> function
                ? function : each).toList());
    }

    /** What it shows of tools stands in no source. */
    @Override public boolean mentions(String text) {
        return text.equals(TOOLS) || text.equals(ChatGlmRule.OBSERVATION);
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
        List<Turn> turns = new ArrayList<>();
        messages.forEach(message -> turns.addAll(turns(message)));
        if (!tools.isEmpty()) {
            boolean system = !turns.isEmpty() && SYSTEM.contains(turns.get(0).role());
            String said = system ? turns.remove(0).content() : OFFER;
            turns.add(0, Turn.system(said, tools));
        }
        return renderTurns(turns, answerNext);
    }

    /** An assistant's turn with calls is one turn for each, behind its words. */
    private static List<Turn> turns(Message message) {
        List<Turn> turns = new ArrayList<>();
        if (message.fields().get(Message.TOOL_CALLS) instanceof List<?> calls && !calls.isEmpty()) {
            if (!message.content().isEmpty()) {
                turns.add(new Turn(message.role(), "", message.content()));
            }
            calls.forEach(call -> turns.add(turn(message.role(), call)));
        } else {
            turns.add(Turn.of(message));
        }
        return turns;
    }

    private static Turn turn(String role, Object call) {
        if (!(call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function
                && function.get("arguments") instanceof Map<?, ?> arguments)) {
            throw new TemplateRefusal(say("a tool call has no function with a name and arguments"));
        }
        StringJoiner python = new StringJoiner(", ", "tool_call(", ")");
        arguments.forEach((name, value) -> python.add(name + "=" + (value instanceof String text
                ? "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" : python(value))));
        return new Turn(role, String.valueOf(function.get("name")), "```python\n" + python + "\n```");
    }

    private static String python(Object value) {
        return value == null ? "None" : value instanceof Boolean yes ? yes ? "True" : "False" : value.toString();
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
