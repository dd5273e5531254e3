package io.weft.app.terminal;

import java.util.List;
import java.util.stream.IntStream;

/** Cells below each other: the first column to the left, the others to the right. */
final class TextTable {
    private static final String GAP = "   ";

    private TextTable() {}

    /** Every line ends with a line break. @param words whether the last column holds words, which stand to the left */
    static String of(List<List<String>> rows, boolean words) {
        StringBuilder text = new StringBuilder();
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
        return text.toString();
    }

    private static String padded(String text, int width, boolean left) {
        String space = " ".repeat(width - DisplayWidth.of(text));
        return left ? text + space : space + text;
    }
}
