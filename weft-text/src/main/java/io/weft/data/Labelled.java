package io.weft.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A text, or the turns of a conversation, and the label that it was given: what a classifier learns from.
 *
 * @param read  what the label is of, as a model would be asked it: one turn for a text
 * @param label not blank
 */
public record Labelled(List<Message> read, String label, Place place) implements Sample {
    public Labelled { read = List.copyOf(read); }

    /** True for one user turn, which is stored as a text. */
    public boolean isSingleTurn() { return read.size() == 1 && read.get(0).role().equals("user"); }

    @Override public List<Message> asked() { return read; }

    @Override public List<String> answers() { return List.of(label); }

    @Override public Optional<String> wanted() { return Optional.of(label); }

    @Override public List<Conversation> conversations() { return List.of(); }

    @Override public List<String> words() {
        return Stream.concat(Conversation.words(read).stream(), Stream.of(label)).toList();
    }

    @Override public List<String> subject() { return Conversation.words(read); }
}
