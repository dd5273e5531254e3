package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Place;
import java.util.ArrayList;
import java.util.List;

/** The columns of a prepared file; every line of both files has the same, as Python's datasets needs. */
enum RowColumns {
    PROMPT_COMPLETION("prompt, completion") {
        @Override ObjectNode write(Conversation c) {
            return JsonNodeFactory.instance.objectNode().put("prompt", c.messages().get(0).content())
                    .put("completion", c.answer());
        }

        @Override Conversation read(JsonNode row, Place place) {
            return Conversation.of(row.required("prompt").textValue(), row.required("completion").textValue(), place);
        }
    },
    /** Several turns, or a system's text, somewhere in the data. */
    MESSAGES("messages") {
        @Override ObjectNode write(Conversation c) {
            ObjectNode row = JsonNodeFactory.instance.objectNode();
            var messages = row.putArray("messages");
            c.messages().forEach(m -> messages.addObject().put("role", m.role()).put("content", m.content()));
            return row;
        }

        @Override Conversation read(JsonNode row, Place place) {
            List<Message> messages = new ArrayList<>();
            row.required("messages")
                    .forEach(m -> messages.add(new Message(m.required("role").textValue(),
                    m.required("content").textValue())));
            return new Conversation(messages, place);
        }
    },
    TEXT("text") {
        @Override ObjectNode write(Conversation c) {
            return JsonNodeFactory.instance.objectNode().put("text", c.answer());
        }

        @Override Conversation read(JsonNode row, Place place) {
            return Conversation.ofText(row.required("text").textValue(), place);
        }
    };

    private final String names;

    RowColumns(String names) { this.names = names; }

    /** As the manifest names them. */
    String names() { return names; }

    abstract ObjectNode write(Conversation conversation);

    abstract Conversation read(JsonNode row, Place place);

    static RowColumns of(Conversation conversation) {
        return conversation.isText() ? TEXT : conversation.isSingleTurn() ? PROMPT_COMPLETION : MESSAGES;
    }

    /** The columns that hold the rows of both. */
    RowColumns and(RowColumns other) { return this == other ? this : MESSAGES; }
}
