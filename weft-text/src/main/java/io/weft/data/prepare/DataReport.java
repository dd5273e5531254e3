package io.weft.data.prepare;

import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.clean.Repeats;
import io.weft.data.format.FormatVote;
import io.weft.data.read.Rejected;
import io.weft.page.HtmlTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The data's {@code report.html}: one page without scripts, other files or addresses, in parts below each other. */
final class DataReport {
    private static final int GROUPS = 50;
    private static final HtmlTemplate PAGE = HtmlTemplate.beside(DataReport.class, "report.html");
    private final Manifest manifest;
    private final Survey survey;
    private final Repeats repeats;
    private final List<Rejected> rejected;
    private final Map<String, FormatVote.Votes> mixture;
    private final Class<? extends Sample> kind;
    /** Each with one entry, whose name says what the part is: heading, line, good, look, rows, bins, entries. */
    private final List<Map<String, Object>> parts = new ArrayList<>();

    /**
     * @param kind     of the rows
     * @param repeats  of the training file
     * @param rejected the first of them
     * @param mixture  rows of the training file by format where it mixes several, the one taken first
     */
    DataReport(Manifest manifest, Class<? extends Sample> kind, Survey survey, Repeats repeats,
            List<Rejected> rejected, Map<String, FormatVote.Votes> mixture) {
        this.manifest = manifest;
        this.kind = kind;
        this.survey = survey;
        this.repeats = repeats;
        this.rejected = rejected;
        this.mixture = mixture;
    }

    String html() {
        amount();
        rejected();
        lengths();
        characters();
        consistency();
        labels();
        return PAGE.fill(Map.of("language", say("en"), "title", say("Data report: %s", manifest.source().file()),
                "parts", parts)).markup();
    }

    private void amount() {
        Manifest.Counts counts = manifest.counts();
        heading(say("Amount"));
        table(List.of(
                row(say("rows read"), counts.read()),
                row(say("rejected (rejected.jsonl)"), counts.rejected()),
                row(say("to train on (train.jsonl)"), counts.train()),
                row(say("held out (heldout.jsonl)"), counts.heldOut())));
        DataSettings settings = manifest.settings();
        line(say("Format %s, prompt %s, columns %s; held out: %s, seed %d.",
                settings.format(), settings.prompt().orElseThrow().word(), manifest.columns(), settings.heldOut(),
                manifest.seed()));
        line(say("%s, %d bytes, SHA-256 %s", manifest.source().file(), manifest.source().bytes(),
                manifest.source().sha256()));
        if (!mixture.isEmpty()) {
            look(say("The file mixes formats: %s. It is read as %s; the other rows are set aside.",
                    mixture.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue())
                    .collect(Collectors.joining("; ")), settings.format()));
        }
        written();
        if (!manifest.unusedFields().isEmpty()) {
            look(say("Fields that are not used: %s", counted(manifest.unusedFields())));
        }
        verdict(counts.alsoTrained() == 0, say("No held-out prompt stands among the training rows."),
                say("Held-out rows whose prompt is trained on too: %d. They measure memory, not skill.",
                counts.alsoTrained()));
    }

    /** Numbers, truth values and NaN that stood where a text belongs. */
    private void written() {
        Map<String, Integer> texts = flagged("number_as_text:", "boolean_as_text:"),
                missing = flagged("nan_as_missing:");
        if (!texts.isEmpty()) {
            look(say("Numbers and truth values that became text, as they stand in the file (0 is \"0\", 5.0 is "
                    + "\"5.0\", true is \"true\"), by field: %s", counted(texts)));
        }
        Map<String, Integer> words = flagged("missing_as_text:");
        if (!words.isEmpty()) {
            look(say("The whole text is NaN, None or null, which Python writes for a missing value; learned as it "
                    + "stands, "
                    + "by field: %s", counted(words)));
        }
        if (!missing.isEmpty()) {
            look(say("NaN in a field that may be missing, read as missing, by field: %s", counted(missing)));
        }
    }

    /** Flags that begin so, without their beginning. */
    private Map<String, Integer> flagged(String... beginnings) {
        Map<String, Integer> found = new TreeMap<>();
        manifest.flags().forEach((flag, count) -> {
            for (String beginning : beginnings) {
                if (flag.startsWith(beginning)) {
                    found.merge(flag.substring(beginning.length()), count, Integer::sum);
                }
            }
        });
        return found;
    }

    private void rejected() {
        heading(say("Rejected rows"));
        if (rejected.isEmpty()) {
            verdict(true, say("None."), "");
            return;
        }
        table(manifest.rejected().entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList());
        list(rejected.stream().map(Rejected::toString).toList(), manifest.counts().rejected());
    }

    private void lengths() {
        heading(say("Balance of lengths (characters)"));
        if (survey.prompts().count() > 0) {
            lengths(say("prompt"), survey.prompts());
        }
        lengths(say("answer"), survey.completions());
    }

    private void lengths(String what, Survey.Lengths lengths) {
        line(say("%s: shortest %d, half up to %d, 95 %% up to %d, longest %d; %d characters in all.",
                what, lengths.quantile(0), lengths.quantile(0.5), lengths.quantile(0.95), lengths.quantile(1),
                lengths.total()));
        int longest = lengths.quantile(1), most = 1;
        List<int[]> bins = new ArrayList<>();
        for (int least = 0, end = 16; least <= longest; least = end, end = end > Integer.MAX_VALUE / 2
                ? Integer.MAX_VALUE : 2 * end) {
            int count = lengths.between(least, end);
            most = Math.max(most, count);
            bins.add(new int[] {least, end, count});
        }
        int full = most;
        add("bins", bins.stream().map(bin -> Map.of("least", bin[0], "most", bin[1] - 1, "count", bin[2], "percent",
                100L * bin[2] / full)).toList());
    }

    private void characters() {
        heading(say("Characters"));
        long letters = Math.max(1, survey.han() + survey.latin() + survey.otherLetters());
        line(say("Of the letters %d %% are Chinese characters, %d %% A to Z, %d %% others.",
                Math.round(100.0 * survey.han() / letters), Math.round(100.0 * survey.latin() / letters),
                Math.round(100.0 * survey.otherLetters() / letters)));
        table(List.of(
                row(say("control characters (kept as they are)"), survey.control()),
                row(say("invisible characters (zero width, byte order marks)"), survey.invisible()),
                row(say("replacement characters \ufffd (text that was once read in a wrong encoding)"),
                survey.replacement()),
                row(say("private use characters"), survey.privateUse())));
        list(survey.firstFlagged().stream().map(f -> f.place() + ": " + f.flag()).toList(),
                manifest.flags().entrySet().stream().filter(e -> e.getKey().startsWith("control_characters"))
                .mapToInt(Map.Entry::getValue).sum());
    }

    private void consistency() {
        heading(say("Duplicates and contradictions"));
        int duplicates = repeats.duplicates();
        verdict(duplicates == 0, say("No row repeats another."),
                say("Rows that repeat an earlier one word for word: %d. They are kept, and count as often as they "
                + "stand there.", duplicates));
        list(repeats.duplicates(GROUPS).stream()
                .map(d -> say("%s repeats %s", d.row().place().within(), d.first().place().within())).toList(),
                duplicates);
        contradictions(repeats.conflicts());
        list(repeats.conflicts(GROUPS, GROUPS).stream().map(DataReport::lines).toList(), repeats.conflicts());
    }

    private static String lines(Repeats.Conflict conflict) {
        boolean byLine = conflict.rows().stream().allMatch(row -> row.place().row() == 0);
        String places = conflict.rows().stream().map(row -> byLine ? String.valueOf(row.place().line())
                : row.place().within()).collect(Collectors.joining(", "))
                + (conflict.all() > conflict.rows().size() ? ", …" : "");
        return byLine ? say("lines %s", places) : places;
    }

    private void contradictions(int found) {
        if (kind == Preference.class) {
            verdict(found == 0, say("No pair of answers is preferred both ways."),
                    say("Pairs of answers that are preferred both ways: %d. Which is right? All are kept.", found));
        } else if (kind == Judged.class) {
            verdict(found == 0, say("No answer is marked both good and bad."),
                    say("Answers that are marked both good and bad: %d. Which is right? All are kept.", found));
        } else if (kind == Labelled.class) {
            verdict(found == 0, say("No text has two different labels."),
                    say("Texts with different labels: %d. Is one of them wrong? All are kept.", found));
        } else {
            verdict(found == 0, say("No prompt has two different answers."),
                    say("Prompts with different answers: %d. Is one of them wrong? All are kept.", found));
        }
    }

    private void labels() {
        if (kind == Judged.class) {
            heading(say("Balance of marks"));
            table(List.of(row(say("answers marked good"), survey.desirable()),
                    row(say("answers marked bad"), survey.undesirable())));
            if (survey.isMarkedAlike()) {
                look(say("All answers are marked alike: nothing says what a better answer is than a worse one."));
            }
        }
        List<Map.Entry<String, Integer>> labels = survey.labels();
        if (!labels.isEmpty()) {
            heading(say("Balance of labels (%d different answers)", labels.size()));
            table(labels.stream().map(e -> row(e.getKey(), e.getValue())).toList());
        }
    }

    private void add(String kind, Object content) { parts.add(Map.of(kind, content)); }

    private void heading(String text) { add("heading", text); }

    private void line(String text) { add("line", text); }

    private void look(String text) { add("look", text); }

    private void verdict(boolean good, String yes, String no) { add(good ? "good" : "look", good ? yes : no); }

    private void table(List<Map<String, Object>> rows) { add("rows", rows); }

    private static Map<String, Object> row(String name, long count) { return Map.of("name", name, "count", count); }

    private void list(List<String> items, int all) {
        List<String> shown = new ArrayList<>(items);
        if (all > items.size() && !items.isEmpty()) {
            shown.add(say("and %d more", all - items.size()));
        }
        add("entries", shown);
    }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream().map(e -> e.getKey() + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", "));
    }
}
