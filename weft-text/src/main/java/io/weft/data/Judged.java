package io.weft.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A conversation whose last answer was found good or bad: what KTO learns from. */
public record Judged(Conversation conversation, boolean desirable) implements Sample {
    /** What {@link ExampleGroup#values} hold of a good answer, and of a bad one. */
    private static final double GOOD = 1, BAD = -1;

    /** What a document's value says. @throws IllegalStateException when it says nothing of an answer */
    public static boolean isGood(double value) {
        if (value != GOOD && value != BAD) {
            throw new IllegalStateException("no value of a judged answer: " + value);
        }
        return value == GOOD;
    }

    @Override public double[] values() { return new double[] {desirable ? GOOD : BAD}; }

    @Override public Place place() { return conversation.place(); }

    @Override public List<Message> asked() { return conversation.asked(); }

    @Override public List<String> answers() { return conversation.answers(); }

    @Override public Optional<String> wanted() { return desirable ? conversation.wanted() : Optional.empty(); }

    @Override public List<Conversation> conversations() { return List.of(conversation); }

    @Override public boolean judgesLastAnswer() { return true; }

    @Override public List<String> words() {
        return Stream.concat(conversation.words().stream(), Stream.of(String.valueOf(desirable))).toList();
    }

    @Override public List<String> subject() { return conversation.words(); }
}
