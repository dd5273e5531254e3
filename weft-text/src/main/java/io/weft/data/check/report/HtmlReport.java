package io.weft.data.check.report;

import io.weft.data.check.CheckedData;
import io.weft.data.check.Example;
import io.weft.data.check.Inspection;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.data.check.rule.Checks;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Manifest;
import io.weft.page.HtmlTemplate;
import io.weft.settings.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** The data's {@code report.html}: one page without scripts, other files or addresses; verdicts first. */
final class HtmlReport {
    private static final HtmlTemplate PAGE = HtmlTemplate.beside(HtmlReport.class, "report.html");
    private final Inspection inspection;
    private final CheckedData data;
    private final Manifest manifest;

    HtmlReport(Inspection inspection) {
        this.inspection = inspection;
        data = inspection.data();
        manifest = data.manifest();
    }

    String text() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("language", say("en"));
        page.put("title", say("Data report: %s", manifest.source().file()));
        page.put("words", words());
        page.put("file", Path.of(manifest.source().file()).getFileName().toString());
        page.put("rows", rows());
        page.put("level", inspection.level().word());
        page.put("summary", summary());
        page.put("counts", Stream.of(Level.FAIL, Level.WARN, Level.PASS)
                .filter(level -> !inspection.of(level).isEmpty()).map(level -> Map.of("level", level.word(),
                "said", level.said().toString(), "count", inspection.of(level).size())).toList());
        page.put("cards", Stream.of(Level.FAIL, Level.WARN).flatMap(level -> inspection.of(level).stream())
                .map(this::card).toList());
        page.put("passes", inspection.of(Level.PASS).stream().map(this::card).toList());
        page.put("pictures", new Pictures(data).all());
        page.put("shares", new Pictures(data).shares());
        page.put("removed", new Removed(manifest).lines());
        page.put("notes", new FileNotes(manifest).all());
        page.put("facts", facts());
        return PAGE.fill(page).markup();
    }

    private static Map<String, Object> words() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("report", say("Data report"));
        words.put("look", say("Worth a look"));
        words.put("order", say("In order"));
        words.put("helps", say("what helps"));
        words.put("why", say("why"));
        words.put("examples", say("examples"));
        words.put("pictures", say("The rows in pictures"));
        words.put("removed", say("Removed and mended"));
        words.put("nothing", say("No row was set aside, and none was changed."));
        words.put("file", say("The file"));
        words.put("notes", say("Worth knowing"));
        words.put("howto", say("Each line is a setting, for weft prepare and weft train alike. The input is never "
                + "changed."));
        return words;
    }

    private String rows() {
        Manifest.Counts counts = manifest.counts();
        return say("%,d rows read, %,d set aside, %,d to train on, %,d held out", counts.read(), counts.rejected(),
                counts.train(), counts.heldOut());
    }

    private String summary() {
        int all = inspection.verdicts().size(), bad = all - inspection.of(Level.PASS).size();
        return bad == 0 ? say("All %d checks pass.", all) : say("%d of %d checks ask for a look.", bad, all);
    }

    private Map<String, Object> card(Verdict verdict) {
        var check = Checks.find(verdict.kind()).orElseThrow();
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("level", verdict.level().word());
        card.put("word", verdict.level().said().toString());
        card.put("title", check.title().toString());
        card.put("said", verdict.said().toString());
        card.put("reason", check.reason().toString());
        card.put("remedies", verdict.remedies());
        card.put("examples", verdict.examples().stream().map(HtmlReport::line).toList());
        return card;
    }

    private static Map<String, Object> line(Example example) {
        String place = example.place().within();
        return Map.of("place", example.other().map(other -> say("%s and %s", place, other.within())).orElse(place),
                "found", (example.similarity().isPresent() ? say("similarity %.2f",
                example.similarity().getAsDouble()) + "  " : "") + example.found());
    }

    private List<String> facts() {
        DataSettings settings = manifest.settings();
        List<String> facts = new ArrayList<>();
        facts.add(say("Format %s, prompt %s, columns %s; held out: %s, seed %d.", settings.format(),
                settings.prompt().map(Word::word).orElse(""), manifest.columns(), settings.heldOut(),
                manifest.seed()));
        facts.add(say("%s, %d bytes, SHA-256 %s", manifest.source().file(), manifest.source().bytes(),
                manifest.source().sha256()));
        return facts;
    }
}
