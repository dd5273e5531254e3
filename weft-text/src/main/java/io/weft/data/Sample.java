package io.weft.data;

import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * A cleaned row: what can be learned from. From row format to encoder nothing else travels.
 */
public sealed interface Sample permits Conversation, Preference, Judged, Labelled, Asked, Text {
    /** What rows of a kind are called, in the language of the process. */
    static String plural(Class<? extends Sample> kind) {
        return kind == Preference.class ? say("preferences") : kind == Judged.class ? say("judged answers")
                : kind == Labelled.class ? say("labelled texts") : kind == Text.class ? say("texts")
                : kind == Asked.class ? say("prompts without an answer") : say("conversations");
    }

    /** Where the row stands. */
    Place place();

    /** What a model is given to answer; empty for a text, which answers nothing. */
    List<Message> asked();

    /** What follows: one answer; of a preference the chosen, then the rejected one; a label; the text itself. */
    List<String> answers();

    /** The answer that a model should give; empty for a text, and where no answer is known to be good. */
    Optional<String> wanted();

    /**
     * The documents that a model reads, each a conversation of its own, in the order of {@link ExampleGroup}. Empty for
     * a text, and where the answer is a label, which no model reads.
     */
    List<Conversation> conversations();

    /** Whether only the last answer is learned or judged; earlier turns of the assistant are then what is asked. */
    default boolean judgesLastAnswer() { return false; }

    /** What is said of each document beside its text, see {@link ExampleGroup#values}; empty where nothing is. */
    default double[] values() { return new double[0]; }

    /** All that the row says, in order: rows with the same words are the same row. */
    List<String> words();

    /**
     * What the row is a verdict on: rows with the same subject and other words contradict each other. Empty where
     * nothing can be contradicted.
     */
    List<String> subject();

    /**
     * Pictures or sound that belong to the messages, decoded. No row format reads any yet, so this is empty; those who
     * carry samples on need not ask.
     */
    default List<Attachment> attachments() { return List.of(); }

    /**
     * A picture or a sound as a plain array, since samples travel between threads and tensors do not.
     *
     * @param kind   "image" or "audio"
     * @param shape  sizes of the values, outermost first
     * @param values row by row
     */
    record Attachment(String kind, int[] shape, float[] values) {}
}
