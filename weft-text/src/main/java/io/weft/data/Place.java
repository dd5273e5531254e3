package io.weft.data;

import java.util.Comparator;

import static io.weft.problem.Language.say;

/**
 * Where a row stands in the user's file.
 *
 * @param file its name as the user gave it
 * @param line on which the row begins, from 1
 * @param row  its number among the file's rows, from 1, where lines do not tell rows apart (JSON arrays); else 0
 */
public record Place(String file, int line, int row) implements Comparable<Place> {
    private static final Comparator<Place> IN_THE_FILE = Comparator.comparing(Place::file)
            .thenComparingInt(Place::line).thenComparingInt(Place::row);

    /** A row that its line tells. */
    public Place(String file, int line) { this(file, line, 0); }

    /** The place without the file. All of an array may stand on line 1, which then says nothing. */
    public String within() {
        return row == 0 ? say("line %d", line) : line <= 1 ? say("row %d", row)
                : say("line %d, row %d", line, row);
    }

    /** As the rows stand in their file. */
    @Override public int compareTo(Place other) { return IN_THE_FILE.compare(this, other); }

    @Override public String toString() { return file + " " + within(); }
}
