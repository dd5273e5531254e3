package io.weft.data.review;

import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Preference;
import io.weft.data.Sample;
import java.util.Optional;

/** What a row becomes by a corrected answer. */
final class Correction {
    private static final String GOOD = "good", BAD = "bad";

    private Correction() {}

    static String mark(Judged judged) { return judged.desirable() ? GOOD : BAD; }

    /**
     * The row with its answer, its chosen answer, its label or its mark corrected; empty where the text cannot be that:
     * a mark is "good" or "bad", and a text that answers nothing has no answer to correct.
     */
    static Optional<Sample> of(Sample row, String corrected) {
        if (row instanceof Conversation old) {
            return Optional.of(Conversation.answered(old.asked(), new Message(old.answerTurn().role(), corrected,
                    old.answerTurn().reasoning()), old.place()));
        }
        if (row instanceof Preference old) {
            return Optional.of(new Preference(old.prompt(), corrected, old.rejected(), old.margin(), old.place()));
        }
        if (row instanceof Labelled old) {
            return Optional.of(new Labelled(old.read(), corrected.strip(), old.place()));
        }
        return row instanceof Judged old && (corrected.equals(GOOD) || corrected.equals(BAD))
                ? Optional.of(new Judged(old.conversation(), corrected.equals(GOOD))) : Optional.empty();
    }
}
