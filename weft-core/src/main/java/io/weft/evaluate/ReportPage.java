package io.weft.evaluate;

import io.weft.file.AtomicFile;
import io.weft.metric.ExactMatch;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * The evaluation's {@code report.html}: one page without scripts, other files or addresses, light or dark as the
 * reader's system is. Whatever comes from rows and models is escaped.
 */
final class ReportPage {
    private static final int SAMPLES = 100;
    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1d232b;--quiet:#5b6673;--paper:#fff;--line:#d5dae0;--good:#1a7033;\
            --bad:#a8321e;--shared:#cdeed6;--missing:#a8321e}
            @media(prefers-color-scheme:dark){:root{--ink:#e3e7ec;--quiet:#98a3b0;--paper:#14181d;--line:#39424c;\
            --good:#6fce8a;--bad:#f08a74;--shared:#1f4a2d;--missing:#f08a74}}
            body{font:15px/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;\
            max-width:72rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
            h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}p{color:var(--quiet);margin:.3rem 0}
            table.scores{border-collapse:collapse}.scores th,.scores td{padding:.25rem .9rem .25rem 0;\
            text-align:right;font-variant-numeric:tabular-nums;border-bottom:1px solid var(--line)}
            .scores th:first-child,.scores td:first-child,.scores td:last-child{text-align:left}\
            .better{color:var(--good)}.worse{color:var(--bad)}
            img{width:100%;height:auto;border:1px solid var(--line);background:#fff}
            article{border:1px solid var(--line);border-radius:6px;margin:1rem 0;padding:.6rem .9rem}\
            article h3{font-size:.85rem;margin:.2rem 0;color:var(--quiet);font-weight:600}
            .text{white-space:pre-wrap;overflow-wrap:anywhere}.pair{display:grid;grid-template-columns:1fr 1fr;\
            gap:1rem;border-top:1px solid var(--line);margin-top:.5rem;padding-top:.4rem}
            @media(max-width:44rem){.pair{grid-template-columns:1fr}}
            mark{background:var(--shared);color:inherit;border-radius:2px}\
            u{text-decoration:underline dotted var(--missing);text-underline-offset:3px}.exact{color:var(--good)}
            """;
    private final Comparison comparison;
    private final StringBuilder page = new StringBuilder();

    private ReportPage(Comparison comparison) { this.comparison = comparison; }

    /** @param name of the run  @param chart a PNG file to hold in the page */
    static void write(Path file, Comparison comparison, String name, Optional<Path> chart) {
        AtomicFile.write(file, new ReportPage(comparison).html(name, chart));
    }

    private String html(String name, Optional<Path> chart) {
        String title = say("Evaluation: %s", name);
        page.append("<!doctype html>\n<html lang=\"").append(say("en"))
                .append("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                + "content=\"width=device-width\"><title>")
                .append(VisibleText.html(title)).append("</title><style>\n").append(STYLE)
                .append("</style></head><body>\n");
        element("h1", title);
        ScoreTable.conditions(comparison).forEach(line -> element("p", line));
        element("h2", say("Before and after"));
        table();
        comparison.notApplicable().forEach(line -> element("p", line));
        chart.ifPresent(this::chart);
        samples();
        return page.append("</body></html>\n").toString();
    }

    private void table() {
        page.append("<table class=\"scores\"><thead><tr>");
        ScoreTable.heading().forEach(cell -> element("th", cell));
        page.append("</tr></thead><tbody>\n");
        for (Comparison.Line line : comparison.lines()) {
            List<String> cells = ScoreTable.cells(line);
            page.append("<tr>");
            cells.subList(0, cells.size() - 1).forEach(cell -> element("td", cell));
            page.append("<td class=\"").append(line.verdict()).append("\">")
                    .append(VisibleText.html(cells.get(cells.size() - 1))).append("</td></tr>\n");
        }
        page.append("</tbody></table>\n");
    }

    private void chart(Path file) {
        element("h2", say("Training"));
        try {
            page.append("<img alt=\"").append(VisibleText.html(say("loss, held-out loss and learning rate by step")))
                    .append("\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(Files.readAllBytes(file))).append("\">\n");
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private void samples() {
        int all = comparison.rows().questions().size(), shown = Math.min(SAMPLES, all);
        if (shown == 0) {
            return;
        }
        element("h2", say("Answers side by side"));
        page.append("<p>").append(say("<mark>Marked</mark>: words that an answer shares with the expected one, in its "
                + "order. <u>Underlined</u>: expected words that the tuned answer lacks.")).append("</p>\n");
        if (shown < all) {
            element("p", say("The first %,d of %,d; all are in %s.", shown, all, Comparison.SAMPLES));
        }
        for (int i = 0; i < shown; i++) {
            sample(i);
        }
    }

    private void sample(int index) {
        HeldOutRows.Question question = comparison.rows().questions().get(index);
        String tuned = comparison.tuned().replies().get(index).text();
        page.append("<article>");
        element("h3", say("asked (held-out row %d)", index + 1));
        page.append("<div class=\"text\">").append(VisibleText.html(question.promptText())).append("</div>");
        element("h3", say("expected"));
        pieces(SharedWords.of(question.expected(), tuned), false, "u");
        page.append("<div class=\"pair\">");
        reply(say("base"), comparison.base().replies().get(index).text(), question.expected());
        reply(say("tuned"), tuned, question.expected());
        page.append("</div></article>\n");
    }

    private void reply(String model, String text, String expected) {
        page.append("<div><h3>").append(VisibleText.html(model));
        if (ExactMatch.strictly(text, expected)) {
            page.append(" <span class=\"exact\">").append(VisibleText.html(say("exact"))).append("</span>");
        }
        page.append("</h3>");
        pieces(SharedWords.of(text.strip(), expected), true, "mark");
        page.append("</div>");
    }

    /** The text, with an element around the pieces that are shared, or around those that are not. */
    private void pieces(List<SharedWords.Piece> pieces, boolean shared, String element) {
        page.append("<div class=\"text\">");
        for (SharedWords.Piece piece : pieces) {
            if (piece.shared() == shared && !piece.text().isBlank()) {
                element(element, piece.text());
            } else {
                page.append(VisibleText.html(piece.text()));
            }
        }
        page.append("</div>");
    }

    private void element(String name, String text) {
        page.append('<').append(name).append('>').append(VisibleText.html(text)).append("</").append(name).append('>');
    }
}
