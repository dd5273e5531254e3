package io.weft.data.read;

import io.weft.data.OddCharacters;
import io.weft.data.Place;
import java.util.stream.Collectors;

/**
 * A row that is not used, and why: a line of {@code rejected.jsonl}.
 *
 * @param reason one word to count by, with the field where there is one: {@code missing:output}, {@code
 *     blank:instruction}, {@code not_json}
 * @param detail what was found and what to do, in the user's language
 * @param row    the row as JSON, or its text where it is none; the beginning of a very long one, and half characters
 *     written out
 */
public record Rejected(Place place, String reason, String detail, String row) {
    private static final int SHOWN = 2_000;

    public Rejected {
        if (row.length() > SHOWN) {
            int end = Character.isHighSurrogate(row.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN;
            row = row.substring(0, end) + "…";
        }
        if (OddCharacters.holdsLoneSurrogate(row)) {
            row = row.codePoints().mapToObj(c -> c >= 0xd800 && c <= 0xdfff ? String.format("\\u%04x", c)
                    : Character.toString(c)).collect(Collectors.joining());
        }
    }

    Rejected(Place place, RowProblem problem, String row) { this(place, problem.reason(), problem.text(), row); }

    /** One line for the user: the place and the detail. */
    @Override public String toString() { return place + ": " + detail; }
}
