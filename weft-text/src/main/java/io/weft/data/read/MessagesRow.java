package io.weft.data.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Conversation;
import io.weft.data.Excerpt;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.PythonStrip;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Reads OpenAI's training rows: {@code messages}, a list of {@code {role, content}}.
 * What would change what is learned and is not read here is refused, never left out in silence.
 */
final class MessagesRow {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    /** Fields of a message that say nothing about what is learned. */
    private static final Set<String> HARMLESS = Set.of("role", "content", "name");
    private static final List<String> MEDIA = List.of("images", "videos", "audios");

    private MessagesRow() {}

    static Conversation read(Fields fields, PromptStyle style, Place place) {
        JsonNode given = fields.value("messages");
        List<Message> messages = new ArrayList<>();
        if (given == null) {
            fields.required("messages");
        } else if (!given.isArray()) {
            fields.add(new RowProblem("not_a_list:messages",
                    say("'messages' is %s; expected a list of {role, content}", JsonKind.of(given))));
        } else {
            for (int i = 0; i < given.size(); i++) {
                messages.add(message(fields, "messages[" + i + "]", given.get(i)));
            }
            checkTurns(fields, messages);
        }
        fields.refuseIfGiven("tools", Translatable.text("rows with tools are not read; take the field out"));
        fields.refuseIfGiven("functions", Translatable.text("rows with functions are not read; take the field out"));
        for (String media : MEDIA) {
            fields.refuseIfGiven(media,
                    Translatable.text(
                    "rows with pictures, sound or video are not read; take them out or drop the row"));
        }
        fields.refuseIfMarkedBad("label");
        return conversation(fields, style, messages, place);
    }

    private static Conversation conversation(Fields fields, PromptStyle style, List<Message> messages, Place place) {
        if (!style.takesSeveralTurns()) {
            var conversation = new Conversation(messages, place);
            if (fields.problems().isEmpty() && !conversation.isSingleTurn()) {
                fields.add(new RowProblem("needs_template",
                        say("%d messages; only data.prompt: template can tell several turns or a system text apart",
                        messages.size())));
            } else if (fields.problems().isEmpty()) {
                return Conversation.of(style.build(messages.get(0).content(), ""), conversation.answer(), place);
            }
        }
        return new Conversation(messages, place);
    }

    private static Message message(Fields fields, String at, JsonNode given) {
        if (!given.isObject()) {
            fields.add(RowProblem.notAnObject(JsonKind.of(given)));
            return Message.user("");
        }
        String role = text(fields, at + ".role", given.get("role")),
                content = text(fields, at + ".content", given.get("content"));
        if (!role.isEmpty() && !ROLES.contains(role)) {
            fields.add(new RowProblem("unknown_role",
                    say("%s.role is '%s'; expected system, user, assistant or tool", at, Excerpt.of(role))));
        }
        given.properties().forEach(entry -> {
            boolean empty = entry.getValue().isNull() || entry.getValue().isContainerNode()
                    && entry.getValue().isEmpty();
            boolean full = entry.getKey().equals("weight") && entry.getValue().isInt()
                    && entry.getValue().intValue() == 1;
            if (!HARMLESS.contains(entry.getKey()) && !empty && !full) {
                fields.add(RowProblem.unsupported("messages." + Excerpt.of(entry.getKey()),
                        Translatable.text("messages with it are not read; take it out or drop the row")));
            }
        });
        return new Message(role, content);
    }

    private static String text(Fields fields, String at, JsonNode given) {
        String plain = at.replaceAll("\\[\\d+]", "");                // one reason to count by, whichever turn it is
        if (given == null) {
            fields.add(new RowProblem("missing:" + plain, say("'%s' is missing", at)));
            return "";
        }
        return fields.text(plain, given);
    }

    private static void checkTurns(Fields fields, List<Message> messages) {
        if (messages.stream().noneMatch(m -> m.role().equals("user"))) {
            fields.add(new RowProblem("no_user_turn",
                    say("%d messages and none is the user's; expected a question before the answer", messages.size())));
        } else if (!messages.get(messages.size() - 1).isAssistant()) {
            fields.add(new RowProblem("no_answer",
                    say("the last message is of role '%s'; expected the assistant's answer, which is what is learned",
                    Excerpt.of(messages.get(messages.size() - 1).role()))));
        }
        for (Message message : messages) {
            if (message.isAssistant() && PythonStrip.isBlank(message.content())) {
                fields.add(RowProblem.blank("messages.content"));
                return;
            }
        }
    }
}
