package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.data.OddCharacters;
import io.weft.data.PromptStyle;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import io.weft.data.read.RowReader;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A row that asks: messages, ShareGPT's conversations, a prompt, or an instruction with its input. Every text is read
 * as the row formats read it for training, so that a model is asked with the very text that it learned to answer; what
 * a row holds beside its question is not looked at.
 *
 * @param messages what the model is asked, its prompt built as the model was tuned
 */
public record QuestionRow(Row row, List<Message> messages) {
    /** Every row of a file. @throws io.weft.problem.UserError naming every row that asks nothing, with its line */
    public static List<QuestionRow> read(Path file, PromptStyle style) {
        List<QuestionRow> rows = new ArrayList<>();
        Problems problems = new Problems(file.toString());
        try (RowReader reader = RowReader.open(file)) {
            reader.forEachRemaining(outcome -> {
                outcome.rejected().ifPresent(rejected -> problems.add(rejected.toString()));
                outcome.taken().ifPresent(row -> {
                    Fields fields = new Fields(row.fields());
                    rows.add(new QuestionRow(row, messages(fields, style)));
                    if (!fields.problems().isEmpty()) {
                        problems.add(row.place() + ": " + fields.problems().stream().map(RowProblem::text).distinct()
                                .collect(Collectors.joining("; ")));
                    }
                });
            });
        }
        problems.throwIfAny();
        return rows;
    }

    /** A sentence about a field beside the question that holds half a character. */
    public Optional<String> oddity() {
        return row.fields().properties().stream().filter(field -> holdsLoneSurrogate(field.getValue())).findFirst()
                .map(field -> say("%s: '%s' holds half of a character (a lone surrogate such as \\ud83d); it is copied "
                        + "as it is", row.place(), field.getKey()));
    }

    private static boolean holdsLoneSurrogate(JsonNode value) {
        if (value.isTextual()) {
            return OddCharacters.holdsLoneSurrogate(value.textValue());
        }
        for (JsonNode each : value) {
            if (holdsLoneSurrogate(each)) {
                return true;
            }
        }
        return false;
    }

    /** What the model is asked; meaningless when a problem was noted in the fields. */
    static List<Message> messages(Fields fields, PromptStyle style) {
        ObjectNode row = fields.row();
        if (row.hasNonNull("messages")) {
            return turns(fields, style, "messages", MessagesFormat.SPELLING);
        }
        if (row.hasNonNull("conversations")) {
            return turns(fields, style, "conversations", ShareGptFormat.SPELLING);
        }
        if (row.path("prompt").isArray()) {
            return turns(fields, style, "prompt", MessagesFormat.SPELLING);
        }
        if (row.hasNonNull("prompt")) {
            return List.of(Message.user(style.build(fields.required("prompt"), "")));
        }
        if (row.hasNonNull("instruction")) {
            String instruction = PythonSpace.strip(fields.required("instruction"));
            JsonNode given = row.path("input");
            String input = given.isMissingNode() || given.isNull() ? "" : PythonSpace.strip(fields.optional("input"));
            fields.refuseIfGiven("system",
                    Translatable.text("alpaca rows with a system text are not read; write the row as messages"));
            fields.refuseIfGiven("history",
                    Translatable.text("alpaca rows with earlier turns are not read; write the row as messages"));
            return List.of(Message.user(style.build(instruction, input)));
        }
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(names::add);
        fields.add(new RowProblem("no_question",
                say("the fields are %s; expected prompt, messages, conversations, or instruction and input", names)));
        return List.of();
    }

    private static List<Message> turns(Fields fields, PromptStyle style, String name, TurnList.Spelling spelling) {
        List<Message> turns = TurnList.required(fields, name, spelling).orElse(List.of());
        List<Message> asked = name.equals("conversations") ? TurnList.withSystem(fields, turns) : turns;
        TurnList.refuseToolsAndMedia(fields);
        if (!fields.problems().isEmpty()) {
            return List.of();
        }
        if (asked.isEmpty()) {
            fields.add(new RowProblem("no_question", say("'%s' is empty; expected a question to answer", name)));
        } else if (asked.get(asked.size() - 1).isAssistant()) {
            fields.add(new RowProblem("no_question",
                    say("the last message is the assistant's; expected a question to answer")));
        } else if (!style.takesSeveralTurns() && asked.size() != 1) {
            fields.add(new RowProblem("needs_template", say("%d messages, but the model was tuned on single prompts "
                    + "(data.prompt: %s); give one", asked.size(), style.word())));
        } else {
            return TurnList.asked(fields, style, asked);
        }
        return List.of();
    }
}
