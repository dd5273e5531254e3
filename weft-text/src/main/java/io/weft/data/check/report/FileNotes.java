package io.weft.data.check.report;

import io.weft.data.prepare.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** What was odd about the file without being anybody's fault: other formats in it, numbers as texts, unused fields. */
final class FileNotes {
    private static final String OTHER = "other_format:";
    private final Manifest manifest;

    FileNotes(Manifest manifest) { this.manifest = manifest; }

    List<String> all() {
        List<String> notes = new ArrayList<>();
        Map<String, Integer> others = named(manifest.rejected(), OTHER), texts = named(manifest.flags(),
                "number_as_text:", "boolean_as_text:"), missing = named(manifest.flags(), "nan_as_missing:"),
                words = named(manifest.flags(), "missing_as_text:");
        if (!others.isEmpty()) {
            notes.add(say("The file mixes formats: it is read as %s, and rows of others are set aside: %s.",
                    manifest.settings().format(), counted(others)));
        }
        if (!texts.isEmpty()) {
            notes.add(say("Numbers and truth values that became text, as they stand in the file (0 is \"0\", 5.0 is "
                    + "\"5.0\", true is \"true\"), by field: %s", counted(texts)));
        }
        if (!words.isEmpty()) {
            notes.add(say("The whole text is NaN, None or null, which Python writes for a missing value; learned as it "
                    + "stands, by field: %s", counted(words)));
        }
        if (!missing.isEmpty()) {
            notes.add(say("NaN in a field that may be missing, read as missing, by field: %s", counted(missing)));
        }
        if (!manifest.unusedFields().isEmpty()) {
            notes.add(say("Fields that are not used: %s", counted(manifest.unusedFields())));
        }
        return notes;
    }

    /** Those that begin so, without their beginning. */
    private static Map<String, Integer> named(Map<String, Integer> counts, String... beginnings) {
        Map<String, Integer> found = new TreeMap<>();
        counts.forEach((name, count) -> {
            for (String beginning : beginnings) {
                if (name.startsWith(beginning)) {
                    found.merge(name.substring(beginning.length()), count, Integer::sum);
                }
            }
        });
        return found;
    }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream().map(e -> e.getKey() + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", "));
    }
}
