package io.weft.data.check;

import io.weft.data.Message;
import io.weft.data.Sample;
import java.util.stream.Collectors;

/**
 * A row that is looked at, with what several checks ask of it.
 *
 * @param number  in its own file, from 0
 * @param heldOut whether it is kept for evaluation
 * @param prompt  characters (code points) of what is asked, 0 of a text  @param answer characters of all answers
 */
public record CheckedRow(int number, boolean heldOut, Sample sample, int prompt, int answer) {
    public static CheckedRow of(int number, boolean heldOut, Sample sample) {
        return new CheckedRow(number, heldOut, sample,
                sample.asked().stream().mapToInt(turn -> points(turn.content())).sum(),
                sample.answers().stream().mapToInt(CheckedRow::points).sum());
    }

    private static int points(String text) { return text.codePointCount(0, text.length()); }

    /** What is asked, turn after turn; "" of a text. */
    public String asked() {
        return sample.asked().stream().map(Message::content).collect(Collectors.joining("\n"));
    }
}
