package io.weft.app.terminal;

import io.weft.evaluate.stage.StageTable;
import java.util.ArrayList;
import java.util.List;

/** What each stage changed, as aligned text. */
public record StageLines(StageTable table) {
    /** Ends with a line break. */
    public String text() {
        List<List<String>> rows = new ArrayList<>(List.of(table.heading()));
        table.lines().forEach(line -> rows.add(line.cells()));
        return String.join("\n", table.conditions()) + "\n\n" + TextTable.of(rows, true);
    }
}
