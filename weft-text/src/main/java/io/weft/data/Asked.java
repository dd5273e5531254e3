package io.weft.data;

import java.util.List;
import java.util.Optional;

/** A question without an answer: a model is to answer it by itself, and a rule says what that is worth. */
public record Asked(List<Message> asked, Place place) implements Sample {
    public Asked { asked = List.copyOf(asked); }

    @Override public List<String> answers() { return List.of(); }

    @Override public Optional<String> wanted() { return Optional.empty(); }

    /** With an answer that says nothing. */
    @Override public List<Conversation> conversations() { return List.of(Conversation.answered(asked, "", place)); }

    @Override public boolean judgesLastAnswer() { return true; }

    @Override public List<String> words() { return Conversation.words(asked); }

    @Override public List<String> subject() { return List.of(); }
}
