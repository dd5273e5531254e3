package io.weft.data.prepare;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.clean.Cleaner;
import io.weft.data.clean.Kept;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.read.Outcome;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * A user's file from its first byte to clean samples, row by row: read, matched to a format, cleaned. What was found on
 * the way can be asked when the last row has been given.
 */
public final class CleanRows implements Iterator<Outcome<Kept>>, Closeable {
    /** With so many bad rows and not a good one, the file is not what the settings say it is. */
    private static final int PATIENCE = 10_000;
    private final String file;
    private final DataSettings settings;
    private final Predicate<Class<? extends Sample>> wanted;
    private final int most;
    private final RowReader reader;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private List<Rejected> onlyBad = new ArrayList<>();
    private RowFormat format;
    private PromptStyle style;
    private Cleaner cleaner;
    private int kept;

    private CleanRows(Path file, DataSettings settings, Predicate<Class<? extends Sample>> wanted, int most) {
        this.file = file.toString();
        this.settings = settings;
        this.wanted = wanted;
        this.most = most;
        reader = RowReader.open(file);
    }

    /**
     * The rows of a file to its end, or its first rows.
     *
     * @param settings format and prompt style, each possibly "auto"
     * @param wanted   whether a kind of sample is asked for, see {@link RowFormats#detect}
     * @param first    how many rows to read at most, bad ones counted
     * @throws io.weft.problem.UserError when the file is missing, or in no layout known here
     */
    public static CleanRows open(Path file, DataSettings settings, Predicate<Class<? extends Sample>> wanted,
            OptionalInt first) {
        return new CleanRows(file, settings, wanted, first.orElse(Integer.MAX_VALUE));
    }

    /**
     * @throws io.weft.problem.UserError when the file is broken, or no row of it can be used: then with every row's
     *     problem
     */
    @Override public boolean hasNext() {
        boolean more = reader.rows() < most && onlyBad.size() < PATIENCE && reader.hasNext();
        if (!more && kept == 0) {
            var problems = new Problems(say("%s (none of the %d rows read can be used)", file, read()));
            onlyBad.forEach(rejected -> problems.add(rejected.toString()));
            problems.throwIfAny();
        }
        return more;
    }

    /** Kept or rejected, in the order of the file. */
    @Override public Outcome<Kept> next() {
        Outcome<Kept> row = reader.next().then(this::clean);
        row.taken().ifPresent(taken -> {
            kept++;
            onlyBad = List.of();
        });
        row.rejected().ifPresent(rejected -> {
            reasons.merge(rejected.reason(), 1, Integer::sum);
            if (kept == 0) {
                onlyBad.add(rejected);
            }
        });
        return row;
    }

    private Outcome<Kept> clean(Row row) {
        if (cleaner == null) {
            format = RowFormats.find(settings.format()).orElseGet(() -> RowFormats.detect(row, wanted));
            style = settings.prompt().orElse(format.usualPrompt());
            cleaner = new Cleaner(format, style);
        }
        return cleaner.clean(row);
    }

    /** The settings' format, or the one that was detected. */
    public RowFormat format() { return format; }

    public PromptStyle style() { return style; }

    /** Rows read, bad ones too. */
    public int read() { return reader.rows(); }

    public int kept() { return kept; }

    /** Rejected rows by reason. */
    public Map<String, Integer> reasons() { return reasons; }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unusedFields() { return cleaner.unused(); }

    @Override public void close() { reader.close(); }
}
