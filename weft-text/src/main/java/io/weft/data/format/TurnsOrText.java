package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.data.read.RowProblem;
import io.weft.jinja.PythonSpace;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** Fields that hold a text, a turn or a list of turns, in OpenAI's or ShareGPT's spelling, as TRL's rows have them. */
final class TurnsOrText {
    private TurnsOrText() {}

    /** The answer's turns, the assistant's last; those before it are the prompt's. What is wrong is noted. */
    static List<Message> answer(Fields fields, String name) {
        JsonNode given = fields.value(name);
        List<Message> turns = given == null || !given.isContainerNode()
                ? List.of(Message.assistant(fields.required(name)))
                : given.isObject() ? List.of(TurnList.turn(fields, name, given, spelling(given)))
                : TurnList.required(fields, name, spelling(given.path(0))).orElse(List.of());
        boolean answers = !turns.isEmpty() && last(turns).isAssistant();
        if (fields.problems().isEmpty() && !answers) {
            fields.add(new RowProblem("no_answer:" + name, say("'%s' does not end with the assistant's turn", name)));
        } else if (fields.problems().isEmpty() && PythonSpace.isBlank(last(turns).content())) {
            fields.add(RowProblem.blank(name));
        }
        return turns.isEmpty() ? List.of(Message.assistant("")) : turns;
    }

    /** The turns of a field that asks, where it holds a list of them: a question last. What is wrong is noted. */
    static Optional<List<Message>> asked(Fields fields, String name) {
        JsonNode turns = fields.given(name);
        if (turns == null || name.equals("prompt") && !turns.isContainerNode()) {
            return Optional.empty();
        }
        List<Message> asked = TurnList.required(fields, name, spelling(turns.path(0)))
                .map(read -> TurnList.withSystem(fields, read)).orElse(List.of());
        TurnList.checkAlternating(fields, name, asked, false);
        return Optional.of(asked);
    }

    static Message last(List<Message> turns) { return turns.get(turns.size() - 1); }

    private static TurnList.Spelling spelling(JsonNode turn) {
        return turn.has(ShareGptFormat.SPELLING.role()) ? ShareGptFormat.SPELLING : MessagesFormat.SPELLING;
    }
}
