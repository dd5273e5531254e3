package io.weft.data.check.report;

import io.weft.data.mend.MendCounts;
import io.weft.data.prepare.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static io.weft.problem.Language.say;

/** What became of rows that are not used as they stood in the file: set aside when they were read, and mended. */
final class Removed {
    private final Manifest manifest;

    Removed(Manifest manifest) { this.manifest = manifest; }

    /** One line for each reason or step, with how many rows it is about. */
    List<Map<String, Object>> lines() {
        List<Map<String, Object>> lines = new ArrayList<>();
        manifest.rejected().forEach((reason, rows) -> lines.add(line(say("set aside: %s", reason), rows)));
        manifest.mended().forEach((step, counts) -> step(step, counts, lines));
        return lines;
    }

    private static void step(String step, MendCounts counts, List<Map<String, Object>> lines) {
        add(say("%s: rows changed", step), counts.changed(), lines);
        add(say("%s: rows dropped", step), counts.dropped(), lines);
        add(say("%s: rows added", step), counts.added(), lines);
        add(say("%s: rows repeated", step), counts.repeated(), lines);
        counts.what().forEach((what, rows) -> add(step + ": " + what, rows, lines));
        if (counts.equals(MendCounts.NOTHING)) {
            lines.add(line(say("%s: found nothing to do", step), 0));
        }
    }

    private static void add(String what, int rows, List<Map<String, Object>> lines) {
        if (rows > 0) {
            lines.add(line(what, rows));
        }
    }

    private static Map<String, Object> line(String what, int rows) {
        return Map.of("what", what, "rows", String.format(Locale.ROOT, "%,d", rows));
    }
}
