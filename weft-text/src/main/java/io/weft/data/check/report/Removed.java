package io.weft.data.check.report;

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
        return lines;
    }

    private static Map<String, Object> line(String what, int rows) {
        return Map.of("what", what, "rows", String.format(Locale.ROOT, "%,d", rows));
    }
}
