package io.weft.app.terminal;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.LabelTable;
import io.weft.evaluate.ScoreTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The before/after table as aligned text: what it was measured on above it, and below what does not apply, and the
 * labels of a classification.
 */
public final class ComparisonTable {
    private static final String GAP = "   ";
    private final Comparison comparison;

    public ComparisonTable(Comparison comparison) { this.comparison = comparison; }

    /** Ends with a line break. */
    public String text() {
        List<List<String>> rows = new ArrayList<>(List.of(ScoreTable.heading()));
        ScoreTable.rows(comparison).forEach(row -> rows.add(row.cells()));
        StringBuilder text = new StringBuilder();
        ScoreTable.conditions(comparison).forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        append(text, rows, true);
        comparison.notApplicable().forEach(line -> text.append(line).append('\n'));
        comparison.notices().forEach(line -> text.append(line).append('\n'));
        LabelTable.of(comparison).ifPresent(labels -> {
            text.append('\n');
            labels.notes().forEach(line -> text.append(line).append('\n'));
            text.append('\n');
            append(text, Stream.concat(Stream.of(labels.heading()), labels.lines().stream()).toList(), false);
            labels.mistakes().ifPresent(line -> text.append(line).append('\n'));
        });
        return text.toString();
    }

    /** @param words whether the last column holds words */
    static void append(StringBuilder text, List<List<String>> rows, boolean words) {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream().mapToInt(row -> DisplayWidth.of(row.get(column))).max().orElse(0))
                .toArray();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(padded(row.get(0), widths[0], true));
            for (int column = 1; column < row.size(); column++) {
                line.append(GAP)
                        .append(padded(row.get(column), widths[column], words && column == row.size() - 1));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static String padded(String text, int width, boolean left) {
        String space = " ".repeat(width - DisplayWidth.of(text));
        return left ? text + space : space + text;
    }
}
