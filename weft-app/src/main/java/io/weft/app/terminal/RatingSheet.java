package io.weft.app.terminal;

import io.weft.rating.RatingResults;
import io.weft.rating.RatingTable;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/** What raters say of a run's answers, as aligned text. */
public final class RatingSheet {
    private final RatingResults results;
    private final RatingTable table;

    public RatingSheet(RatingResults results) {
        this.results = results;
        table = new RatingTable(results);
    }

    /** Ends with a line break. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (results.isEmpty()) {
            text.append(say("nobody has judged these answers yet")).append('\n');
        }
        table.scores().ifPresent(scores -> text.append(lines(scores, false)).append('\n'));
        table.preferences().ifPresent(preferences -> text.append(lines(preferences, true)).append('\n'));
        if (!results.isEmpty()) {
            text.append(lines(table.raters(), false)).append('\n');
        }
        table.differences().forEach(line -> text.append(line).append('\n'));
        table.agreement().forEach(line -> text.append(line).append('\n'));
        table.notices().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private static String lines(RatingTable.Table table, boolean words) {
        List<List<String>> rows = new ArrayList<>(List.of(table.heading()));
        rows.addAll(table.lines());
        return TextTable.of(rows, words);
    }
}
