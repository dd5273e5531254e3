package io.weft.data.mend;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The texts of a row, whatever its kind: what was asked, thought, answered, and its label. */
public final class SampleTexts {
    private SampleTexts() {}

    /** The row with every text replaced; the same object where none became another. */
    public static Sample replaced(Sample sample, UnaryOperator<String> by) {
        Sample other = of(sample, by);
        return other.equals(sample) ? sample : other;
    }

    private static Sample of(Sample sample, UnaryOperator<String> by) {
        if (sample instanceof Conversation conversation) {
            return conversation(conversation, by);
        }
        if (sample instanceof Preference pair) {
            return new Preference(messages(pair.prompt(), by), by.apply(pair.chosen()), by.apply(pair.rejected()),
                    pair.margin(), pair.place());
        }
        if (sample instanceof Judged judged) {
            return new Judged(conversation(judged.conversation(), by), judged.desirable());
        }
        if (sample instanceof Labelled labelled) {
            return new Labelled(messages(labelled.read(), by), by.apply(labelled.label()), labelled.place());
        }
        return sample instanceof Text text ? new Text(by.apply(text.text()), text.place())
                : new Asked(messages(sample.asked(), by), sample.place());
    }

    private static Conversation conversation(Conversation old, UnaryOperator<String> by) {
        return new Conversation(messages(old.messages(), by), old.place());
    }

    private static List<Message> messages(List<Message> old, UnaryOperator<String> by) {
        return old.stream().map(turn -> new Message(turn.role(), by.apply(turn.content()),
                turn.reasoning().isEmpty() ? "" : by.apply(turn.reasoning()))).toList();
    }

    /** All texts of a row in their order, but for reasoning. */
    public static List<String> all(Sample sample) {
        return Stream.concat(sample.asked().stream().map(Message::content), sample.answers().stream()).toList();
    }
}
