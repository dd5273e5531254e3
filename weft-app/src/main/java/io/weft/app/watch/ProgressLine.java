package io.weft.app.watch;

import io.weft.app.terminal.DisplayWidth;
import java.util.List;

/** One line that says how far a run is: a bar and figures, as many as the terminal has room for. */
final class ProgressLine {
    private static final String GAP = "  ", FULL = "━", REST = "─", COLOUR = "\u001b[36m", DIM = "\u001b[2m",
            PLAIN = "\u001b[0m";
    private static final int WIDEST_BAR = 30, NARROWEST_BAR = 6;

    private ProgressLine() {}

    /**
     * @param done    from 0 to 1
     * @param figures in the order they are shown, which is the order of their worth: the last ones go first where room
     *     is short
     * @param columns of the terminal; the line stays one column shorter, because many terminals wrap at the last
     */
    static String of(double done, List<String> figures, int columns) {
        String percent = String.format("%3d%%", (int) (100 * done));
        int room = columns - 1 - percent.length();
        StringBuilder tail = new StringBuilder();
        for (String figure : figures) {
            if (DisplayWidth.of(tail.toString()) + GAP.length() + DisplayWidth.of(figure) > room - NARROWEST_BAR - 1) {
                break;
            }
            tail.append(GAP).append(figure);
        }
        int bar = Math.min(WIDEST_BAR, room - 1 - DisplayWidth.of(tail.toString()));
        return bar < NARROWEST_BAR ? percent : percent + " " + bar(done, bar) + tail;
    }

    private static String bar(double done, int columns) {
        int full = (int) (done * columns);
        return COLOUR + FULL.repeat(full) + PLAIN + DIM + REST.repeat(columns - full) + PLAIN;
    }
}
