package io.weft.reward;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Word;
import java.util.List;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * 1 where an answer is neither too short nor too long; outside it falls in a straight line, to 0 where the distance is
 * {@code fade}.
 *
 * @param least length from which on it is 1  @param most length up to which it is 1
 * @param fade  how far outside it is still above 0; 0 for nothing but 1 and 0
 */
public record Length(double weight, int least, int most, int fade, Unit unit) implements Reward {
    /** What is counted. */
    public enum Unit implements Word {
        /** Code points, white space at the ends left out. */
        CHARACTERS,
        /** What white space separates. */
        WORDS;

        int of(String text) {
            String stripped = text.strip();
            return this == CHARACTERS ? stripped.codePointCount(0, stripped.length())
                    : stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
        }
    }

    private static final int LONGEST = 1_000_000;
    private static final Section<Length> SECTION = Section.of("length", new Length(),
            text("1 where the answer is neither too short nor too long, less outside"), WEIGHT,
            Setting.of("least", new WholeNumber(0, LONGEST), text("length from which on it is 1")),
            Setting.of("most", new WholeNumber(0, LONGEST), text("length up to which it is 1")),
            Setting.of("fade", new WholeNumber(0, LONGEST),
                    text("how far outside it is still above 0; 0 for nothing but 1 and 0")),
            Setting.of("unit", OneOf.of(Unit.class), text("what is counted")));

    public Length() { this(1, 1, 200, 200, Unit.CHARACTERS); }

    @Override public Section<Length> section() { return SECTION; }

    @Override public List<String> problems() {
        return least <= most ? List.of() : List.of(say("least %d is above most %d", least, most));
    }

    @Override public double of(Answered answered) {
        int length = unit.of(answered.answer());
        int outside = Math.max(0, Math.max(least - length, length - most));
        return outside == 0 ? 1 : Math.max(0, 1 - outside / (double) Math.max(1, fade));
    }
}
