package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.data.read.Row;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/** A row of a file of questions. @param messages what the model is asked, its prompt built as the model was tuned */
record AskedRow(Row row, List<Message> messages) {
    /** Every row of the file. @throws io.weft.problem.UserError naming every row that asks nothing, with its line */
    static List<AskedRow> read(Path file, PromptStyle style) {
        List<AskedRow> rows = new ArrayList<>();
        Problems problems = new Problems(file.toString());
        try (RowReader reader = RowReader.open(file)) {
            reader.forEachRemaining(outcome -> {
                outcome.rejected().ifPresent(rejected -> problems.add(rejected.toString()));
                outcome.taken().ifPresent(row -> {
                    try {
                        rows.add(new AskedRow(row, messages(row.fields(), style)));
                    } catch (IllegalArgumentException e) {
                        problems.add(row.place() + ": " + e.getMessage());
                    }
                });
            });
        }
        problems.throwIfAny();
        return rows;
    }

    /** @throws IllegalArgumentException saying what is wrong */
    private static List<Message> messages(ObjectNode fields, PromptStyle style) {
        if (fields.has("messages")) {
            return several(fields.get("messages"), style);
        }
        if (fields.has("prompt")) {
            return List.of(Message.user(style.build(text(fields, "prompt"), "")));
        }
        if (fields.has("instruction")) {
            return List.of(Message.user(style.build(text(fields, "instruction").strip(), fields.has("input")
                    ? text(fields, "input").strip() : "")));
        }
        List<String> names = new ArrayList<>();
        fields.fieldNames().forEachRemaining(names::add);
        throw new IllegalArgumentException(say("the fields are %s; expected prompt, messages, or instruction and input",
                names));
    }

    private static List<Message> several(JsonNode given, PromptStyle style) {
        if (!given.isArray() || given.isEmpty()) {
            throw new IllegalArgumentException(say("'messages' is no list of {role, content}"));
        }
        List<Message> messages = IntStream.range(0, given.size())
                .mapToObj(i -> new Message(text(given.get(i), "role"), text(given.get(i), "content"))).toList();
        if (messages.get(messages.size() - 1).isAssistant()) {
            throw new IllegalArgumentException(
                    say("the last message is the assistant's; expected a question to answer"));
        }
        if (style.takesSeveralTurns()) {
            return messages;
        }
        if (messages.size() != 1) {
            throw new IllegalArgumentException(say("%d messages, but the model was tuned on single prompts "
                    + "(data.prompt: %s); give one", messages.size(), style.word()));
        }
        return List.of(Message.user(style.build(messages.get(0).content(), "")));
    }

    private static String text(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(value.isMissingNode() ? say("'%s' is missing", name)
                    : say("'%s' is no text", name));
        }
        return value.textValue();
    }
}
