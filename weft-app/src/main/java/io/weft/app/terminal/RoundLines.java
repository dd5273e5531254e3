package io.weft.app.terminal;

import io.weft.compare.Round;
import io.weft.compare.RowChange;
import io.weft.evaluate.Notices;
import io.weft.evaluate.ScoreTable;
import io.weft.recipe.RecipeDifference;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/** What a round brought, as text: the table, what was changed, and the rows that lost and gained most. */
public record RoundLines(Round round, int width) {
    private static final int SETTINGS = 12;

    /** @param shown rows that lost, and as many that gained */
    public String text(int shown) {
        StringBuilder text = new StringBuilder();
        round.remarks().forEach(line -> text.append(line).append('\n'));
        List<List<String>> table = new ArrayList<>(List.of(ScoreTable.heading(round.table())));
        ScoreTable.rows(round.table()).forEach(row -> table.add(row.cells()));
        text.append('\n').append(TextTable.of(table, true));
        Notices.of(round.table()).forEach(line -> text.append(line).append('\n'));
        text.append('\n').append(say("recipe: %s", round.recipe().isEmpty() ? say("the same")
                : say("%,d settings differ", round.recipe().size()))).append('\n');
        round.recipe().stream().limit(SETTINGS).map(RecipeDifference::shown)
                .forEach(line -> text.append("  ").append(line).append('\n'));
        text.append(say("training rows: %s", round.dataSaid())).append('\n');
        text.append(say("rows by %s: %,d gained, %,d lost, %,d as before", round.rowScore(), round.better(),
                round.worse(), round.rows().size() - round.better() - round.worse())).append("\n\n");
        rows(text, say("lost most"), round.lost(), shown);
        rows(text, say("gained most"), round.gained(), shown);
        return text.toString();
    }

    private void rows(StringBuilder text, String title, List<RowChange> rows, int shown) {
        if (!rows.isEmpty() && shown > 0) {
            text.append(title).append('\n').append(new SampleColumns(round.table(), width)
                    .text(rows.stream().limit(shown).map(RowChange::index).toList()));
        }
    }
}
