package io.weft.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns in order, the last one the assistant's. One user turn and one assistant turn is a prompt and its completion.
 */
public record Conversation(List<Message> messages, Place place) implements Sample {
    public Conversation { messages = List.copyOf(messages); }

    public static Conversation of(String prompt, String completion, Place place) {
        return answered(List.of(Message.user(prompt)), completion, place);
    }

    /** What is asked, and the assistant's answer. */
    public static Conversation answered(List<Message> asked, String answer, Place place) {
        return answered(asked, Message.assistant(answer), place);
    }

    /** What is asked, and the turn that answers it. */
    public static Conversation answered(List<Message> asked, Message answer, Place place) {
        return new Conversation(Stream.concat(asked.stream(), Stream.of(answer)).toList(), place);
    }

    /** True for exactly one user turn answered once, which is stored as the columns prompt and completion. */
    public boolean isSingleTurn() {
        return messages.size() == 2 && messages.get(0).role().equals("user") && messages.get(1).isAssistant()
                && !holdsReasoning();
    }

    /** Whether a turn tells what the assistant thought apart from what it said. */
    public boolean holdsReasoning() { return holdsReasoning(messages); }

    static boolean holdsReasoning(List<Message> messages) {
        return messages.stream().anyMatch(message -> !message.reasoning().isEmpty());
    }

    @Override public List<Message> asked() { return messages.subList(0, messages.size() - 1); }

    /** The last assistant turn's text: what a model should answer. */
    public String answer() { return answerTurn().content(); }

    /** The last assistant turn, with what it thought. */
    public Message answerTurn() { return messages.get(messages.size() - 1); }

    @Override public List<String> answers() { return List.of(answer()); }

    @Override public Optional<String> wanted() { return Optional.of(answer()); }

    @Override public List<Conversation> conversations() { return List.of(this); }

    @Override public List<String> words() { return words(messages); }

    @Override public List<String> subject() { return words(asked()); }

    static List<String> words(List<Message> messages) {
        return messages.stream().flatMap(message -> message.reasoning().isEmpty()
                ? Stream.of(message.role(), message.content())
                : Stream.of(message.role(), message.reasoning(), message.content())).toList();
    }
}
