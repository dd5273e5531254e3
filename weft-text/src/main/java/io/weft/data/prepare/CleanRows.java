package io.weft.data.prepare;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.clean.Cleaner;
import io.weft.data.clean.Kept;
import io.weft.data.format.FormatVote;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.read.Outcome;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * A user's file from its first byte to clean samples, row by row: read, matched to a format, cleaned. Where the format
 * is to be found, the first rows are read ahead to tell it. What was found on the way can be asked when the last row
 * has been given.
 */
public final class CleanRows implements Iterator<Outcome<Kept>>, Closeable {
    /** With so many bad rows and not a good one, the file is not what the settings say it is. */
    private static final int PATIENCE = 10_000;
    /** Rows by which the format is told, unless they are more than so many bytes. */
    private static final int TELLING = 1_000, TELLING_BYTES = 1 << 22;
    private final String file;
    private final DataSettings settings;
    private final Predicate<Class<? extends Sample>> wanted;
    private final int most;
    private final RowReader reader;
    private final Deque<Outcome<Row>> ahead = new ArrayDeque<>();
    /** What ended the reading ahead, to be told behind the rows before it. */
    private Optional<UserError> broken = Optional.empty();
    private boolean begun;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private List<Rejected> onlyBad = new ArrayList<>();
    private RowFormat format;
    private PromptStyle style;
    private Cleaner cleaner;
    private int given, kept;

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
     * @param wanted   whether a kind of sample is asked for, see {@link FormatVote}
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
        begin();
        boolean more = given < most && onlyBad.size() < PATIENCE && hasRow();
        if (!more && kept == 0) {
            var problems = new Problems(say("%s (none of the %d rows read can be used)", file, read()));
            onlyBad.forEach(rejected -> problems.add(rejected.toString()));
            problems.throwIfAny();
        }
        return more;
    }

    private boolean hasRow() {
        if (ahead.isEmpty() && broken.isPresent()) {
            throw broken.get();
        }
        return !ahead.isEmpty() || reader.hasNext();
    }

    /** Reads rows ahead until the format is told, where the settings leave it open. */
    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        Optional<RowFormat> set = RowFormats.find(settings.format());
        if (set.isPresent()) {
            use(set.get());
            return;
        }
        var vote = new FormatVote(wanted);
        try {
            boolean enough = false;
            while (!enough && reader.hasNext()) {
                Outcome<Row> row = reader.next();
                row.taken().ifPresent(vote::add);
                ahead.add(row);
                enough = ahead.size() >= PATIENCE
                        || vote.isDecided() && (ahead.size() >= TELLING || reader.bytes() > TELLING_BYTES);
            }
        } catch (UserError e) {
            broken = Optional.of(e);
        }
        if (ahead.stream().anyMatch(row -> row.taken().isPresent())) {
            use(vote.winner());
        }
    }

    private void use(RowFormat told) {
        format = told;
        style = settings.prompt().orElse(format.usualPrompt());
        cleaner = new Cleaner(format, style, settings.groupedBy());
    }

    /** Kept or rejected, in the order of the file. */
    @Override public Outcome<Kept> next() {
        if (!hasNext()) {
            throw new NoSuchElementException(file);
        }
        given++;
        Outcome<Kept> row = (ahead.isEmpty() ? reader.next() : ahead.remove()).then(taken -> cleaner.clean(taken));
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

    /** The settings' format, or the one that was detected. */
    public RowFormat format() { return format; }

    public PromptStyle style() { return style; }

    /** Rows read, bad ones too. */
    public int read() { return given; }

    public int kept() { return kept; }

    /** Rejected rows by reason. */
    public Map<String, Integer> reasons() { return reasons; }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unusedFields() { return cleaner.unused(); }

    @Override public void close() { reader.close(); }
}
