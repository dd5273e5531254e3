package io.weft.evaluate.stage;

import io.weft.evaluate.Measure;
import io.weft.file.AtomicFile;
import io.weft.page.HtmlTemplate;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static io.weft.problem.Language.say;

/** The page of a {@link StageTable}: the held-out loss after each stage as bars, and every number. */
public final class StagesPage {
    private static final HtmlTemplate TEMPLATE = HtmlTemplate.beside(StagesPage.class, "stages.html");

    private StagesPage() {}

    /** Writes the table's stages.json and its page, each whole or not at all. */
    public static void write(StageTable table, RunFolder run) {
        Path folder = run.make(run.evaluation());
        AtomicFile.write(folder.resolve(StageTable.FILE), table.json());
        AtomicFile.write(folder.resolve(StageTable.PAGE), page(table,
                run.path().toAbsolutePath().normalize().getFileName().toString()));
    }

    private static String page(StageTable table, String run) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("language", say("en"));
        values.put("title", say("Stages: %s", run));
        values.put("conditions", table.conditions());
        values.put("loss", say("held-out loss"));
        values.put("bars", bars(table));
        values.put("all", say("Every number"));
        values.put("heading", table.heading());
        values.put("lines", table.lines().stream().map(line -> Map.of("cells", line.cells(), "verdict", line.verdict()))
                .toList());
        return TEMPLATE.fill(values).markup();
    }

    /** From zero on, so that lengths compare as numbers do. */
    private static List<Map<String, Object>> bars(StageTable table) {
        double most = table.scores().stream().flatMap(score -> score.score(Measure.LOSS).stream())
                .filter(Double::isFinite).mapToDouble(value -> value).max().orElse(0);
        List<Map<String, Object>> bars = new ArrayList<>();
        for (int i = 0; i < table.scores().size() && most > 0; i++) {
            double loss = table.scores().get(i).score(Measure.LOSS).orElse(Double.NaN);
            StageTable.Line line = table.lines().get(i);
            bars.add(Map.of("name", line.cells().get(0), "verdict", line.verdict(), "value",
                    String.format(Locale.ROOT, "%.4f", loss), "width",
                    String.format(Locale.ROOT, "%.1f", Double.isFinite(loss) ? 100 * loss / most : 0)));
        }
        return bars;
    }
}
