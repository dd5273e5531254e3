package io.weft.feedback;

import io.weft.file.AtomicFile;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The to-do list of a {@link Feedback}: {@code todo.md} to read, {@code todo.csv} for a table, in the run's data. */
public final class TodoFiles {
    public static final String PAGE = "todo.md", TABLE = "todo.csv";
    private static final List<String> COLUMNS = List.of("task", "file", "line", "row", "loss", "rougeL", "score",
            "prompt", "expected", "answer", "nearestFile", "nearestLine", "nearestRow", "similarity", "nearestPrompt",
            "nearestAnswer");
    private static final int SHOWN = 200;

    private TodoFiles() {}

    /** @return the page  @throws io.weft.problem.UserError when the disk refuses */
    public static Path write(Feedback feedback) {
        Path folder = new RunFolder(feedback.run()).data();
        AtomicFile.write(folder.resolve(TABLE), table(feedback));
        AtomicFile.write(folder.resolve(PAGE), page(feedback));
        return folder.resolve(PAGE);
    }

    private static String page(Feedback feedback) {
        var page = new StringBuilder("# ").append(say("To do: the %d weakest held-out rows of %s",
                feedback.rows().size(), feedback.run())).append("\n\n")
                .append(say("Weakest by the mean of their places by loss, ROUGE-L and people's scores, as far as these "
                + "are there. Change training rows, never the held-out ones: they would measure nothing any more."))
                .append('\n');
        int number = 0;
        for (WeakRow row : feedback.rows()) {
            page.append("\n## ").append(++number).append(". ").append(row.place().map(Object::toString)
                    .orElse(say("held-out row %d", row.number()))).append("\n\n- [ ] ").append(task(row)).append('\n');
            page.append("- ").append(say("why: %s", why(row))).append('\n');
            page.append("- ").append(say("asked: %s", line(row.prompt()))).append('\n');
            page.append("- ").append(say("expected: %s", line(row.expected()))).append('\n');
            page.append("- ").append(say("answered: %s", line(row.answer()))).append('\n');
            for (WeakRow.Near near : row.nearest()) {
                page.append("- ").append(say("nearest training row: %s (%.0f %% alike): %s → %s", near.place(),
                        100 * near.similarity(), line(near.prompt()), line(near.answer()))).append('\n');
            }
        }
        return page.toString();
    }

    /** What to do about a row, in a sentence. */
    public static String task(WeakRow row) {
        return switch (row.task()) {
            case MISSING -> say("nothing like it is trained on: write or collect training rows of this kind");
            case CONTRADICTION -> say("the nearest training row asks the same and answers otherwise: decide which is "
                    + "right, and mend that row");
            case LOOK -> say("read the nearest training rows: are they right, and are there enough of them?");
        };
    }

    private static String why(WeakRow row) {
        List<String> reasons = new ArrayList<>();
        row.loss().ifPresent(loss -> reasons.add(say("loss %.4f", loss)));
        row.rougeL().ifPresent(rouge -> reasons.add(say("ROUGE-L %.1f of 100", rouge)));
        row.score().ifPresent(score -> reasons.add(say("people's score %.1f of 5", score)));
        return String.join(say(", "), reasons);
    }

    /** In one line, its backquotes harmless. */
    private static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ").replace("`", "'");
        return "`" + (line.codePointCount(0, line.length()) <= SHOWN ? line
                : line.substring(0, line.offsetByCodePoints(0, SHOWN)) + "…") + "`";
    }

    /** A line for each pair of a weak row and a near one. */
    private static String table(Feedback feedback) {
        List<List<String>> lines = new ArrayList<>(List.of(COLUMNS));
        for (WeakRow row : feedback.rows()) {
            List<String> first = List.of(row.task().name().toLowerCase(Locale.ROOT),
                    row.place().map(place -> place.file()).orElse(""),
                    row.place().map(place -> Integer.toString(place.line())).orElse(""),
                    Integer.toString(row.number()), number(row.loss()), number(row.rougeL()), number(row.score()),
                    row.prompt(), row.expected(), row.answer());
            if (row.nearest().isEmpty()) {
                lines.add(joined(first, List.of("", "", "", "", "", "")));
            }
            row.nearest().forEach(near -> lines.add(joined(first, List.of(near.place().file(),
                    Integer.toString(near.place().line()), near.place().row() > 0
                    ? Integer.toString(near.place().row()) : "", number(OptionalDouble.of(near.similarity())),
                    near.prompt(), near.answer()))));
        }
        return lines.stream().map(line -> line.stream().map(TodoFiles::cell).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    private static List<String> joined(List<String> first, List<String> more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "";
    }

    /** As RFC 4180 quotes it. What a spreadsheet would take for a formula is told apart by an apostrophe. */
    private static String cell(String text) {
        String safe = text.matches("(?s)[=+@\\t\\r-].*") && !text.matches("-?[\\d.]+") ? "'" + text : text;
        return safe.matches("(?s).*[\",\r\n].*") ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
    }
}
