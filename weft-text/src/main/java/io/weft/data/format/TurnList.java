package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Conversation;
import io.weft.data.Excerpt;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.read.JsonKind;
import io.weft.data.read.RowProblem;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Fields that hold a list of turns, {@code [{role, content}, …]} in one of its spellings. What would change what is
 * learned and is not read here is refused, never left out in silence.
 */
public final class TurnList {
    /** What only tells of a turn: no reader of such files learns from it, and no template says it. */
    private static final Set<String> ABOUT = Set.of("id", "message_id", "parent_id", "timestamp", "created_at",
            "createdAt", "create_time", "update_time", "date", "time", "lang", "language", "model", "source", "index",
            "token_count", "num_tokens");
    private static final List<String> MEDIA = List.of("images", "videos", "audios");

    /**
     * How the objects of a list name things.
     *
     * @param role     field of the speaker  @param content field of what is said
     * @param roles    words of speakers, with the role that each stands for
     * @param expected the words that a user is told
     * @param harmless further fields, which say nothing about what is learned
     * @param reasoning field of what an assistant thought before it spoke; null and "" mean nothing
     */
    public record Spelling(String role, String content, Map<String, String> roles, String expected,
            Set<String> harmless, String reasoning) {}

    private TurnList() {}

    /** The turns of a field that must be there; empty when it is missing or no list, which is noted. */
    public static Optional<List<Message>> required(Fields fields, String name, Spelling spelling) {
        JsonNode given = fields.value(name);
        if (given == null) {
            fields.required(name);
            return Optional.empty();
        }
        if (!given.isArray()) {
            fields.add(new RowProblem("not_a_list:" + name, say("'%s' is %s; expected a list of {%s, %s}", name,
                    JsonKind.of(given), spelling.role, spelling.content)
                    + (given.isTextual() ? say("; a CSV holds no lists, write JSONL") : "")));
            return Optional.empty();
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            messages.add(turn(fields, name + "[" + i + "]", given.get(i), spelling));
        }
        return Optional.of(messages);
    }

    /** One turn. @param at what to call it in a problem: {@code messages[2]} */
    static Message turn(Fields fields, String at, JsonNode given, Spelling spelling) {
        if (!given.isObject()) {
            fields.add(new RowProblem("not_an_object:" + counted(at), say("'%s' is %s; expected an object {%s, %s}", at,
                    JsonKind.of(given), spelling.role, spelling.content)));
            return Message.user("");
        }
        String role = text(fields, at + "." + spelling.role, given.get(spelling.role)),
                content = text(fields, at + "." + spelling.content, given.get(spelling.content));
        if (!role.isEmpty() && !spelling.roles.containsKey(role)) {
            fields.add(new RowProblem("unknown_role", say("%s.%s is '%s'; expected one of %s", at, spelling.role,
                    Excerpt.of(role), spelling.expected)));
        }
        boolean learned = "assistant".equals(spelling.roles.get(role));   // weights of other turns change nothing
        given.properties().forEach(entry -> refuseIfMeaningful(fields, at, entry.getKey(), entry.getValue(), spelling,
                learned));
        return new Message(spelling.roles.getOrDefault(role, role), content,
                reasoning(fields, at, given, spelling.roles.getOrDefault(role, role), spelling));
    }

    private static String reasoning(Fields fields, String at, JsonNode given, String role, Spelling spelling) {
        JsonNode value = given.get(spelling.reasoning);
        if (Fields.isAbsent(value)) {
            return "";
        }
        String text = fields.text(counted(at) + "." + spelling.reasoning, value);
        if (!text.isEmpty() && !role.equals("assistant")) {
            fields.add(RowProblem.unsupported(counted(at) + "." + spelling.reasoning,
                    Translatable.text("only an assistant's turn can have it; take it out or drop the row")));
        }
        return text;
    }

    private static void refuseIfMeaningful(Fields fields, String at, String name, JsonNode value,
            Spelling spelling, boolean learned) {
        boolean known = name.equals(spelling.role) || name.equals(spelling.content)
                || name.equals(spelling.reasoning) || spelling.harmless.contains(name) || ABOUT.contains(name);
        boolean empty = Fields.isAbsent(value) || value.isTextual() && Set.of("", "[]").contains(value.textValue());
        if (known || empty) {
            return;
        }
        if (!name.equals("weight")) {
            fields.add(RowProblem.unsupported(counted(at) + "." + Excerpt.of(name),
                    Translatable.text("messages with it are not read; take it out or drop the row")));
        } else if (learned && !value.isNumber() || learned && value.doubleValue() != 1) {
            fields.add(RowProblem.unsupported(counted(at) + ".weight", Translatable.text(
                    "only weight 1 is read, and every answer is learned; take the field out or drop the row")));
        }
    }

    private static String text(Fields fields, String at, JsonNode given) {
        if (given == null) {
            fields.add(new RowProblem("missing:" + counted(at), say("'%s' is missing", at)));
            return "";
        }
        return fields.text(counted(at), given);
    }

    /** One reason to count by, whichever turn it is. */
    private static String counted(String at) { return at.replaceAll("\\[\\d+]", ""); }

    /** @param counted the field of what is said, as reasons count by it: {@code messages.content} */
    static void refuseBlankAnswers(Fields fields, List<Message> messages, String counted) {
        if (messages.stream().anyMatch(turn -> turn.isAssistant() && PythonSpace.isBlank(turn.content()))) {
            fields.add(RowProblem.blank(counted));
        }
    }

    /** The turns behind the text of the column {@code system}, where there is one. */
    static List<Message> withSystem(Fields fields, List<Message> turns) {
        String system = fields.optional("system");
        if (system.isEmpty()) {
            return turns;
        }
        if (!turns.isEmpty() && turns.get(0).role().equals("system")) {
            fields.add(new RowProblem("two_system_texts",
                    say("a system text stands in the column 'system' and in the first turn; keep one")));
        }
        return Stream.concat(Stream.of(Message.system(system)), turns.stream()).toList();
    }

    /**
     * User and assistant take turns behind a system's text.
     *
     * @param answered whether the last turn is the assistant's, else the user's
     */
    static void checkAlternating(Fields fields, String name, List<Message> messages, boolean answered) {
        List<Message> turns = messages.stream().dropWhile(turn -> turn.role().equals("system")).toList();
        int ahead = messages.size() - turns.size();
        for (int i = 0; i < turns.size(); i++) {
            String expected = i % 2 == 0 ? "user" : "assistant";
            if (!turns.get(i).role().equals(expected)) {
                fields.add(new RowProblem("turn_order:" + name,
                        say("turn %d of '%s' is of role %s, expected %s: user and assistant take turns", ahead + i + 1,
                        name, Excerpt.of(turns.get(i).role()), expected)));
                return;
            }
        }
        if (turns.isEmpty() || ahead > 1 || turns.size() % 2 != (answered ? 0 : 1)) {
            fields.add(new RowProblem("turn_order:" + name, answered
                    ? say("'%s' has %d turns; expected at most one system text, then questions and answers, an answer "
                    + "last", name, messages.size())
                    : say("'%s' has %d turns; expected at most one system text, then questions and answers, a question "
                    + "last", name, messages.size())));
        }
        refuseBlankAnswers(fields, turns, name);
    }

    /** Tools, pictures and sound beside the turns belong to what is said and are not read yet. */
    static void refuseToolsAndMedia(Fields fields) {
        fields.refuseIfGiven("tools", Translatable.text("rows with tools are not read; take the field out"));
        fields.refuseIfGiven("functions", Translatable.text("rows with functions are not read; take the field out"));
        for (String media : MEDIA) {
            fields.refuseIfGiven(media,
                    Translatable.text(
                    "rows with pictures, sound or video are not read; take them out or drop the row"));
        }
    }

    /** The turns as a conversation; where no chat template tells turns apart, its one prompt built by the style. */
    static Conversation conversation(Fields fields, PromptStyle style, List<Message> messages, Place place) {
        if (!fields.problems().isEmpty()) {
            return Conversation.of("", "", place);
        }
        int last = messages.size() - 1;
        Message answer = messages.get(last);
        if (!style.takesSeveralTurns() && !answer.reasoning().isEmpty()) {
            fields.add(new RowProblem("needs_template",
                    say("the answer comes with reasoning; only data.prompt: template can tell the two apart")));
        }
        return Conversation.answered(asked(fields, style, messages.subList(0, last)), answer, place);
    }

    /** What is asked, turned into what the style asks with; several turns without a chat template are a problem. */
    static List<Message> asked(Fields fields, PromptStyle style, List<Message> asked) {
        if (style.takesSeveralTurns()) {
            return asked;
        }
        if (asked.size() != 1 || !asked.get(0).role().equals("user")) {
            fields.add(new RowProblem("needs_template",
                    say("%d messages; only data.prompt: template can tell several turns or a system text apart",
                    asked.size() + 1)));
            return asked;
        }
        return List.of(Message.user(style.build(asked.get(0).content(), "")));
    }
}
