package io.weft.rating;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.page.HtmlTemplate;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Puts what raters say into the files of an evaluation: the key {@code ratings} of scores.json, and lines of the table
 * in report.html. An evaluation that is made anew keeps the judgements of those answers that are still the same.
 */
public final class RatedReport {
    private static final String SCORES = "scores.json", REPORT = "report.html", LINES = "ratings", RATERS = "raters";
    private static final HtmlTemplate LINES_TEMPLATE = HtmlTemplate.beside(RatedReport.class, "lines.html"),
            RATERS_TEMPLATE = HtmlTemplate.beside(RatedReport.class, "raters.html");

    private RatedReport() {}

    /** What raters say of an evaluation's answers; nothing where nobody judged any. @param folder of the evaluation */
    public static Optional<RatingResults> results(Path folder) {
        if (!Files.isRegularFile(folder.resolve(RatingFile.NAME))) {
            return Optional.empty();
        }
        RatedRows rows = RatedRows.ofEvaluation(folder);
        return Optional.of(RatingCount.of(rows, RatingFile.open(rows.file()), RatingSettings.DEFAULTS.seed()))
                .filter(results -> !results.isEmpty());
    }

    /** Brings both files up to the judgements that there are; an evaluation that nobody judged stays as it is. */
    public static void refresh(Path folder) {
        results(folder).ifPresent(results -> {
            Path scores = folder.resolve(SCORES), report = folder.resolve(REPORT);
            if (Files.isRegularFile(scores)) {
                ObjectNode root = JsonFile.object(scores);
                root.set("ratings", RatingJson.of(results));
                AtomicFile.write(scores, root.toPrettyString() + "\n");
            }
            if (Files.isRegularFile(report)) {
                String page = read(report);
                AtomicFile.write(report, put(put(page, LINES, lines(results)), RATERS, raters(results)));
            }
        });
    }

    private static String lines(RatingResults results) {
        return LINES_TEMPLATE.fill(Map.of("lines", RatingLines.of(results).stream().map(line -> Map.of("cells",
                IntStream.range(0, line.cells().size()).mapToObj(i -> Map.of("text", line.cells().get(i), "verdict",
                line.verdicts().get(i))).toList())).toList())).markup();
    }

    private static String raters(RatingResults results) {
        RatingTable table = new RatingTable(results);
        List<String> remarks = Stream.concat(table.agreement().stream(), table.notices().stream()).toList();
        return RATERS_TEMPLATE.fill(Map.of("heading", table.raters().heading(), "lines", table.raters().lines(),
                "remarks", remarks)).markup();
    }

    /** Between the two comments of that name; a report of an older Weft has none and stays as it is. */
    private static String put(String page, String name, String markup) {
        String begin = "<!--" + name + "-->", end = "<!--/" + name + "-->";
        int from = page.indexOf(begin), to = page.indexOf(end);
        return from < 0 || to < from ? page : page.substring(0, from + begin.length()) + markup + page.substring(to);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }
}
