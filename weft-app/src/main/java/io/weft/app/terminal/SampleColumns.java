package io.weft.app.terminal;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.HeldOutRows;
import io.weft.metric.ExactMatch;
import io.weft.page.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Samples for a terminal: what was asked and expected across, and below it the answers side by side. */
public final class SampleColumns {
    private static final int LEAST_WIDTH = 40, LEAST_COLUMN = 28, LINES = 12;
    private static final String BETWEEN = " | ", INDENT = "  ";
    private final Comparison comparison;
    private final int width;

    public SampleColumns(Comparison comparison, int width) {
        this.comparison = comparison;
        this.width = Math.max(LEAST_WIDTH, width);
    }

    public String text(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(count, comparison.rows().questions().size()); i++) {
            sample(text, i);
        }
        return text.toString();
    }

    /** @param rows that are shown, by their places from 0 */
    public String text(List<Integer> rows) {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> sample(text, row));
        return text.toString();
    }

    private void sample(StringBuilder text, int index) {
        HeldOutRows.Question question = comparison.rows().questions().get(index);
        text.append(rule(say("held-out row %d", index + 1))).append('\n');
        across(text, say("asked"), question.promptText());
        across(text, say("expected"), question.expected());
        int models = comparison.models().size(), beside = Math.max(1, Math.min(models, width / LEAST_COLUMN));
        for (int from = 0; from < models; from += beside) {
            int to = Math.min(models, from + beside), column = (width - BETWEEN.length() * (beside - 1)) / beside;
            columns(text, IntStream.range(from, to).mapToObj(model -> {
                String answer = comparison.models().get(model).answers().replies().get(index).text();
                return lines(heading(comparison.name(model), answer, question), answer, column);
            }).toList(), column);
        }
        text.append('\n');
    }

    private static void columns(StringBuilder text, List<List<String>> columns, int width) {
        int longest = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            int line = i;
            text.append(columns.stream().map(column -> line < column.size() ? column.get(line) : "")
                    .map(cell -> cell + " ".repeat(width - DisplayWidth.of(cell)))
                    .collect(Collectors.joining(BETWEEN)).stripTrailing()).append('\n');
        }
    }

    private static String heading(String model, String answer, HeldOutRows.Question question) {
        return ExactMatch.strictly(answer, question.expected()) ? model + say(" (exact)") : model;
    }

    private String rule(String title) {
        return "-- " + title + " " + "-".repeat(Math.max(0, width - 4 - DisplayWidth.of(title)));
    }

    private void across(StringBuilder text, String label, String body) {
        text.append(label).append('\n');
        shortened(body, width - INDENT.length()).forEach(line -> text.append((INDENT + line).stripTrailing())
                .append('\n'));
    }

    private static List<String> lines(String heading, String body, int width) {
        List<String> lines = new ArrayList<>(List.of(heading));
        lines.addAll(shortened(body, width));
        return lines;
    }

    /** The wrapped text; a long one ends with an ellipsis. */
    private static List<String> shortened(String body, int width) {
        List<String> wrapped = wrapped(body.strip(), width);
        return wrapped.size() <= LINES ? wrapped : Stream.concat(wrapped.stream().limit(LINES), Stream.of("…"))
                .toList();
    }

    /** Lines of at most {@code width} columns, broken at spaces where there are some. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : VisibleText.of(text).replace("\t", "    ").split("\n")) {
            StringBuilder line = new StringBuilder();
            int columns = 0, space = -1;
            for (int c : paragraph.codePoints().toArray()) {
                if (columns + DisplayWidth.of(c) > width) {
                    int cut = c == ' ' || space <= 0 ? line.length() : space;
                    lines.add(line.substring(0, cut));
                    line.delete(0, cut < line.length() && line.charAt(cut) == ' ' ? cut + 1 : cut);
                    columns = DisplayWidth.of(line.toString());
                    space = -1;
                    if (c == ' ' && line.length() == 0) {
                        continue;
                    }
                }
                space = c == ' ' ? line.length() : space;
                line.appendCodePoint(c);
                columns += DisplayWidth.of(c);
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
