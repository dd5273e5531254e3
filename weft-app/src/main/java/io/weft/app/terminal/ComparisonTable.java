package io.weft.app.terminal;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.ScoreTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The before/after table as aligned text: what it was measured on above it, and what does not apply below. */
public final class ComparisonTable {
    private static final String GAP = "   ";
    private final Comparison comparison;

    public ComparisonTable(Comparison comparison) { this.comparison = comparison; }

    /** Ends with a line break. */
    public String text() {
        List<List<String>> rows = new ArrayList<>(List.of(ScoreTable.heading()));
        comparison.lines().forEach(line -> rows.add(ScoreTable.cells(line)));
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream().mapToInt(row -> DisplayWidth.of(row.get(column))).max().orElse(0))
                .toArray();
        StringBuilder text = new StringBuilder();
        ScoreTable.conditions(comparison).forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(padded(row.get(0), widths[0], true));
            for (int column = 1; column < row.size(); column++) {
                line.append(GAP).append(padded(row.get(column), widths[column], column == row.size() - 1));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        comparison.notApplicable().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private static String padded(String text, int width, boolean left) {
        String space = " ".repeat(width - DisplayWidth.of(text));
        return left ? text + space : space + text;
    }
}
