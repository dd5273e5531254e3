package io.weft.evaluate;

import io.weft.evaluate.marked.MarkedText;
import io.weft.file.AtomicFile;
import io.weft.metric.ExactMatch;
import io.weft.page.HtmlTemplate.Html;
import io.weft.page.HtmlTemplate;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The evaluation's {@code report.html}: one page without scripts, other files or addresses, light or dark as the
 * reader's system is.
 */
final class ReportPage {
    private static final int SAMPLES = 100;
    private static final HtmlTemplate PAGE = HtmlTemplate.beside(ReportPage.class, "report.html");
    private final Comparison comparison;

    private ReportPage(Comparison comparison) { this.comparison = comparison; }

    /** @param name of the run  @param chart a PNG file to hold in the page */
    static void write(Path file, Comparison comparison, String name, Optional<Path> chart) {
        AtomicFile.write(file, PAGE.fill(new ReportPage(comparison).values(name, chart)).markup());
    }

    private Map<String, Object> values(String name, Optional<Path> chart) {
        int shown = Math.min(SAMPLES, comparison.rows().questions().size());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("language", say("en"));
        values.put("title", say("Evaluation: %s", name));
        values.put("words", words(shown));
        values.put("conditions", ScoreTable.conditions(comparison));
        values.put("heading", ScoreTable.heading(comparison));
        values.put("lines", ScoreTable.marked(comparison));
        values.put("remarks", Stream.concat(comparison.notApplicable().stream(), Notices.of(comparison).stream())
                .toList());
        values.put("labels", LabelTable.of(comparison).<Object>map(ReportPage::labels).orElse(""));
        values.put("chart", chart.map(ReportPage::base64).orElse(""));
        values.put("samples", IntStream.range(0, shown).mapToObj(this::sample).toList());
        return values;
    }

    private Map<String, Object> words(int shown) {
        int all = comparison.rows().questions().size();
        return Map.of("scores", comparison.isOfRun() ? say("Before and after") : say("Side by side"), "training",
                say("Training"),
                "chart", say("loss, held-out loss and learning rate by step"), "samples", say("Answers side by side"),
                "legend", new Html(say("<mark>Marked</mark>: words that an answer shares with the expected one, in its "
                + "order. <u>Underlined</u>: expected words that the last answer lacks.")),
                "first", shown < all ? say("The first %,d of %,d; all are in %s.", shown, all, Comparison.SAMPLES) : "",
                "expected", say("expected"), "exact", say("exact"),
                "thought", say("thought first"));
    }

    private static Map<String, Object> labels(LabelTable table) {
        return Map.of("title", say("Labels"), "notes", table.notes(), "heading", table.heading(),
                "lines", table.lines(), "confusions", table.confusions().stream().map(ReportPage::confusion).toList());
    }

    private static Map<String, Object> confusion(ConfusionMatrix matrix) {
        List<List<Map<String, Object>>> cells = matrix.cells().stream().map(line -> line.stream().map(cell ->
                Map.<String, Object>of("rows", cell.rows(), "percent", Math.round(70 * cell.share()),
                "kind", cell.rows() == 0 ? "none" : cell.right() ? "right" : "wrong")).toList()).toList();
        return Map.of("heading", matrix.heading(), "lines", IntStream.range(0, cells.size()).mapToObj(i -> Map.of(
                "label", matrix.lines().get(i).get(0), "cells", cells.get(i))).toList());
    }

    private static String base64(Path file) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private Map<String, Object> sample(int index) {
        HeldOutRows.Question question = comparison.rows().questions().get(index);
        String expected = question.expected();
        Answers.Reply last = comparison.tuned().replies().get(index);
        return Map.of("asked", say("asked (held-out row %d)", index + 1), "prompt", question.promptText(),
                "expected", MarkedText.missing(expected, last.text()),
                "reasoning", question.answer().reasoning(),
                "replies", IntStream.range(0, comparison.models().size()).mapToObj(i -> reply(comparison.name(i),
                comparison.models().get(i).answers().replies().get(index), expected)).toList());
    }

    private static Map<String, Object> reply(String model, Answers.Reply reply, String expected) {
        return Map.of("model", model, "exact", ExactMatch.strictly(reply.text(), expected),
                "reasoning", reply.reasoning(),
                "text", MarkedText.shared(reply.text(), expected));
    }
}
