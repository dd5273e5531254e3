package io.weft.data.augment;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Message;
import io.weft.data.Preference;
import io.weft.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a row is told to do: the first line of its last question, up to a colon where one stands. What follows (an
 * input, a text to work on, examples) and every answer stay as they are.
 *
 * @param row  that it stands in  @param head what may be said otherwise, without space around it
 * @param rest of the turn, from the head's end
 */
public record Instruction(Sample row, String head, String rest) {
    private static final int LONGEST = 300, SHORTEST = 4;

    /** Empty where a row has none: a text, a text with a label, a question that begins with a long text. */
    public static Optional<Instruction> of(Sample row) {
        boolean told = row instanceof Conversation || row instanceof Preference || row instanceof Judged
                || row instanceof Asked;
        List<Message> asked = row.asked();
        if (!told || asked.isEmpty() || !asked.get(asked.size() - 1).role().equals("user")) {
            return Optional.empty();
        }
        String turn = asked.get(asked.size() - 1).content();
        int line = turn.indexOf('\n'), end = line < 0 ? turn.length() : line;
        for (int i = 0; i < end; i++) {
            char c = turn.charAt(i);
            if (c == '：' || c == ':' && (i + 1 == turn.length() || Character.isWhitespace(turn.charAt(i + 1)))) {
                end = i;
            }
        }
        String head = turn.substring(0, end);
        boolean plain = head.equals(head.strip()) && head.length() >= SHORTEST && head.length() <= LONGEST;
        return plain ? Optional.of(new Instruction(row, head, turn.substring(end))) : Optional.empty();
    }

    /** Whether text to work on follows on the same line, so that the head is no whole sentence. */
    boolean isOpen() { return rest.startsWith(":") || rest.startsWith("："); }

    /** The row with another instruction, all else untouched. */
    public Sample with(String other) {
        if (row instanceof Conversation conversation) {
            return conversation(conversation, other);
        }
        if (row instanceof Preference pair) {
            return new Preference(asked(pair.prompt(), other), pair.chosen(), pair.rejected(), pair.margin(),
                    pair.place());
        }
        return row instanceof Judged judged ? new Judged(conversation(judged.conversation(), other),
                judged.desirable()) : new Asked(asked(row.asked(), other), row.place());
    }

    private Conversation conversation(Conversation old, String other) {
        return Conversation.answered(asked(old.asked(), other), old.answerTurn(), old.place());
    }

    private List<Message> asked(List<Message> old, String other) {
        List<Message> asked = new ArrayList<>(old);
        asked.set(old.size() - 1, Message.user(other + rest));
        return asked;
    }
}
