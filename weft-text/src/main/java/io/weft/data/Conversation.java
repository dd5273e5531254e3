package io.weft.data;

import java.util.List;

/**
 * A cleaned row: the turns in order, the last one the assistant's. One user turn and one assistant turn is a prompt and
 * its completion.
 */
public record Conversation(List<Message> messages, Place place) {
    public Conversation { messages = List.copyOf(messages); }

    public static Conversation of(String prompt, String completion, Place place) {
        return new Conversation(List.of(Message.user(prompt), Message.assistant(completion)), place);
    }

    /** A document to learn as it is: an answer to nothing. */
    public static Conversation ofText(String text, Place place) {
        return new Conversation(List.of(Message.assistant(text)), place);
    }

    /** True for a document without a prompt, which is stored as the column text. */
    public boolean isText() { return messages.size() == 1; }

    /** True for exactly one user turn answered once, which is stored as the columns prompt and completion. */
    public boolean isSingleTurn() {
        return messages.size() == 2 && messages.get(0).role().equals("user") && messages.get(1).isAssistant();
    }

    /** Everything before the last assistant turn: what a model is given to answer. */
    public List<Message> asked() { return messages.subList(0, messages.size() - 1); }

    /** The last assistant turn's text: what a model should answer. */
    public String answer() { return messages.get(messages.size() - 1).content(); }
}
