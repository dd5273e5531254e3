package io.weft.data;

import java.util.List;
import java.util.Optional;

/** A document to learn as it is: an answer to nothing. */
public record Text(String text, Place place) implements Sample {
    @Override public List<Message> asked() { return List.of(); }

    @Override public List<String> answers() { return List.of(text); }

    @Override public Optional<String> wanted() { return Optional.empty(); }

    @Override public List<Conversation> conversations() { return List.of(); }

    @Override public List<String> words() { return List.of(text); }

    @Override public List<String> subject() { return List.of(); }
}
