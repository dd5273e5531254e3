package io.weft.compare;

import io.weft.evaluate.Notices;
import io.weft.evaluate.ScoreTable;
import io.weft.evaluate.marked.MarkedText;
import io.weft.file.AtomicFile;
import io.weft.page.HtmlTemplate.Html;
import io.weft.page.HtmlTemplate;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static io.weft.problem.Language.say;

/** The page of a {@link Round}: one file without scripts, other files or addresses. */
public final class RoundPage {
    private static final int ROWS = 50;
    private static final HtmlTemplate TEMPLATE = HtmlTemplate.beside(RoundPage.class, "compare.html");
    private final Round round;

    private RoundPage(Round round) { this.round = round; }

    /** Writes it into the second run's evaluation folder. */
    public static Path write(Round round) {
        Path file = round.second().make(round.second().evaluation()).resolve(Round.PAGE);
        AtomicFile.write(file, TEMPLATE.fill(new RoundPage(round).values()).markup());
        return file;
    }

    private Map<String, Object> values() {
        LossCurves curves = LossCurves.of(round.first(), round.second());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("language", say("en"));
        values.put("title", say("%s, then %s", round.table().name(0), round.table().name(1)));
        values.put("first", round.table().name(0));
        values.put("second", round.table().name(1));
        values.put("remarks", round.remarks());
        values.put("words", words());
        values.put("heading", ScoreTable.heading(round.table()));
        values.put("lines", ScoreTable.marked(round.table()));
        values.put("notices", Notices.of(round.table()));
        values.put("recipe", round.recipe().stream().map(change -> Map.of("key", change.key(), "before",
                change.before(), "after", change.after())).toList());
        values.put("examples", round.data().examples().stream().map(row -> Map.of("title", row.before().isEmpty()
                ? say("added") : say("answered otherwise"), "asked", row.asked(), "before", row.before(),
                "answered", row.answered())).toList());
        values.put("picture", curves.isEmpty() ? "" : curves.picture());
        values.put("parts", List.of(part("lost", say("Rows that lost"), round.lost()),
                part("gained", say("Rows that gained"), round.gained())));
        return values;
    }

    private Map<String, Object> words() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("table", say("Side by side"));
        words.put("recipe", say("Recipe"));
        words.put("sameRecipe", say("Both runs have the same recipe."));
        words.put("data", say("Training rows"));
        words.put("dataSaid", round.dataSaid());
        words.put("curves", say("Loss by step"));
        words.put("lines", say("thin: training loss; with points: held-out loss"));
        words.put("step", say("step"));
        words.put("rows", say("Row by row"));
        words.put("counted", say("by %s: %,d rows gained, %,d lost, %,d are as before", round.rowScore(),
                round.better(), round.worse(), round.rows().size() - round.better() - round.worse()));
        words.put("legend", new Html(say("<mark>Marked</mark>: words that an answer shares with the expected one, in "
                + "its order.")));
        words.put("expected", say("expected"));
        return words;
    }

    private Map<String, Object> part(String kind, String title, List<RowChange> rows) {
        return Map.of("kind", kind, "title", say("%s: %,d", title, rows.size()), "more", rows.size() > ROWS
                ? say("the first %,d", ROWS) : "", "rows", rows.stream().limit(ROWS).map(RoundPage::row).toList());
    }

    private static Map<String, Object> row(RowChange row) {
        String expected = row.before().expected();
        return Map.of("title", say("asked (held-out row %d)", row.before().number()),
                "change", String.format(Locale.ROOT, "%+.1f", row.difference()), "asked", row.before().prompt(),
                "expected", expected, "before", MarkedText.shared(JudgedRows.tuned(row.before()).answer(), expected),
                "after", MarkedText.shared(JudgedRows.tuned(row.after()).answer(), expected));
    }
}
