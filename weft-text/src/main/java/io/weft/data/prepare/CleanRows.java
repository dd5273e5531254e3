package io.weft.data.prepare;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.clean.Cleaner;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * A user's file from its first byte to clean samples, row by row: read, matched to a format, cleaned. What was
 * found on the way can be asked when {@link #read} has returned.
 */
public final class CleanRows {
    /** With so many bad rows and not a good one, the file is not what the settings say it is. */
    private static final int PATIENCE = 10_000;
    private final String file;
    private final DataSettings settings;
    private final Predicate<Class<? extends Sample>> wanted;
    private final Cleaner.Sink sink;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private List<Rejected> onlyBad = new ArrayList<>();
    private RowFormat format;
    private PromptStyle style;
    private Cleaner cleaner;
    private int read, kept;

    private CleanRows(Path file, DataSettings settings, Predicate<Class<? extends Sample>> wanted,
            Cleaner.Sink sink) {
        this.file = file.toString();
        this.settings = settings;
        this.wanted = wanted;
        this.sink = sink;
    }

    /**
     * Reads the file to its end, or its first rows.
     *
     * @param settings format and prompt style, each possibly "auto"
     * @param wanted   whether a kind of sample is asked for, see {@link RowFormats#detect}
     * @param first    how many rows to read at most, bad ones counted
     * @param sink     gets every row, kept or rejected, in the order of the file
     * @throws io.weft.problem.UserError when the file is broken, or no row of it can be used: then with every row's
     *     problem
     */
    public static CleanRows read(Path file, DataSettings settings, Predicate<Class<? extends Sample>> wanted,
            OptionalInt first, Cleaner.Sink sink) {
        var rows = new CleanRows(file, settings, wanted, sink);
        try (RowReader reader = RowReader.open(file)) {
            boolean more = true;
            while (more && reader.rows() < first.orElse(Integer.MAX_VALUE) && rows.onlyBad.size() < PATIENCE) {
                more = reader.next(rows.new Incoming());
            }
            rows.read = reader.rows();
        }
        rows.refuseOnlyBad();
        return rows;
    }

    private void refuseOnlyBad() {
        if (kept == 0) {
            var problems = new Problems(say("%s (none of the %d rows read can be used)", file, read));
            onlyBad.forEach(rejected -> problems.add(rejected.toString()));
            problems.throwIfAny();
        }
    }

    /** The settings' format, or the one that was detected. */
    public RowFormat format() { return format; }

    public PromptStyle style() { return style; }

    /** Rows read, bad ones too. */
    public int read() { return read; }

    public int kept() { return kept; }

    /** Rejected rows by reason. */
    public Map<String, Integer> reasons() { return reasons; }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unusedFields() { return cleaner.unused(); }

    private void begin(Row first) {
        format = RowFormats.find(settings.format()).orElseGet(() -> RowFormats.detect(first, wanted));
        style = settings.prompt().orElse(format.usualPrompt());
        cleaner = new Cleaner(format, style, new Outgoing());
    }

    private final class Incoming implements RowReader.Sink {
        @Override public void row(Row row) {
            if (cleaner == null) {
                begin(row);
            }
            cleaner.row(row);
        }

        @Override public void rejected(Rejected rejected) { new Outgoing().rejected(rejected); }
    }

    private final class Outgoing implements Cleaner.Sink {
        @Override public void kept(Row row, Sample sample, List<String> flags) {
            kept++;
            onlyBad = List.of();
            sink.kept(row, sample, flags);
        }

        @Override public void rejected(Rejected rejected) {
            reasons.merge(rejected.reason(), 1, Integer::sum);
            if (kept == 0) {
                onlyBad.add(rejected);
            }
            sink.rejected(rejected);
        }
    }
}
