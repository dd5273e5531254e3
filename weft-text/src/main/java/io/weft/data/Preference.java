package io.weft.data;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Two answers to one prompt, of which one was found better: what DPO and its kin learn from.
 *
 * @param prompt   the turns that both answer, at least one
 * @param chosen   the better answer
 * @param rejected the worse one
 * @param margin   how much better the first one is, where the row says so: what reward models learn beside the order
 */
public record Preference(List<Message> prompt, String chosen, String rejected, OptionalDouble margin, Place place)
        implements Sample {
    public Preference { prompt = List.copyOf(prompt); }

    /** Of which nobody said how much better the chosen one is. */
    public Preference(List<Message> prompt, String chosen, String rejected, Place place) {
        this(prompt, chosen, rejected, OptionalDouble.empty(), place);
    }

    @Override public double[] values() {
        return margin.isPresent() ? new double[] {margin.getAsDouble(), Double.NaN} : Sample.super.values();
    }

    /** Whether an earlier turn tells what the assistant thought. */
    public boolean holdsReasoning() { return Conversation.holdsReasoning(prompt); }

    /** True for a prompt of one user turn, which is stored as a text. */
    public boolean isSingleTurn() { return prompt.size() == 1 && prompt.get(0).role().equals("user"); }

    @Override public List<Message> asked() { return prompt; }

    @Override public List<String> answers() { return List.of(chosen, rejected); }

    @Override public Optional<String> wanted() { return Optional.of(chosen); }

    @Override public List<Conversation> conversations() {
        return answers().stream().map(answer -> Conversation.answered(prompt, answer, place)).toList();
    }

    @Override public boolean judgesLastAnswer() { return true; }

    @Override public List<String> words() {
        return Stream.concat(Conversation.words(prompt).stream(), answers().stream()).toList();
    }

    /** The two answers to the prompt, whichever was chosen. */
    @Override public List<String> subject() {
        return Stream.concat(Conversation.words(prompt).stream(), answers().stream().sorted()).toList();
    }
}
