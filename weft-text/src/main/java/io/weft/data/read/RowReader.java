package io.weft.data.read;

import io.weft.data.Excerpt;
import io.weft.problem.UserError;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * A user's file row by row, in constant memory: a JSON array of objects, JSONL, CSV or plain text, told apart by
 * how the file begins (the name decides only between texts that begin alike). UTF-8, with or without a byte order mark.
 */
public final class RowReader implements Iterator<Outcome<Row>>, Closeable {
    private static final int HEAD = 1 << 13;
    private final String file;
    private final RowSource source;
    private Optional<Outcome<Row>> ahead = Optional.empty();
    private boolean ended;
    private int given;

    private RowReader(String file, RowSource source) {
        this.file = file;
        this.source = source;
    }

    /** @throws UserError when the file is missing, empty, not UTF-8, or in no layout known here */
    public static RowReader open(Path path) {
        String file = path.toString();
        BufferedReader in = new BufferedReader(Utf8Reader.open(path), 1 << 16);
        RowSource source = null;
        try {
            source = source(path, in);
            return new RowReader(file, source);
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file, e);
        } finally {
            if (source == null) {
                close(file, in);
            }
        }
    }

    private static void close(String file, Closeable open) {
        try {
            open.close();
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file, e);
        }
    }

    private static RowSource source(Path path, BufferedReader in) throws IOException {
        in.mark(HEAD);
        char[] head = new char[HEAD];
        int length = 0;
        for (int read; length < HEAD && (read = in.read(head, length, HEAD - length)) > 0; ) {
            length += read;
        }
        in.reset();
        String file = path.toString(), begin = new String(head, 0, length).stripLeading();
        String name = file.toLowerCase(Locale.ROOT);
        if (begin.isEmpty() && length < HEAD) {
            throw empty(file);
        }
        boolean json = name.endsWith(".json") || name.endsWith(".jsonl");
        String second = begin.isEmpty() ? "" : begin.substring(1).stripLeading();
        if (begin.startsWith("[") && (json || second.startsWith("{") || second.startsWith("]"))) {
            return new JsonArrayRows(file, in);
        }
        if (begin.startsWith("{") && (json || second.startsWith("\"") || second.startsWith("}"))) {
            return new JsonLineRows(file, in);
        }
        if (name.endsWith(".csv") || namesColumns(begin)) {
            return new CsvRows(file, in);
        }
        if (name.endsWith(".txt")) {
            return new TextRows(file, in, TextRows.byLine(Utf8Reader.open(path)));
        }
        throw UserError.of(say("%s begins with '%s': neither a JSON array [{…}], nor JSONL {…}, nor CSV under a line "
                + "of column names; name plain text .txt and CSV .csv", file,
                Excerpt.of(begin.lines().findFirst().orElse(""))));
    }

    /** True for a first line that names the columns of a format. */
    private static boolean namesColumns(String begin) {
        Set<String> names = new HashSet<>(Arrays.asList(begin.lines().findFirst().orElse("").replace("\"", "")
                .split(" *, *")));
        return names.containsAll(Set.of("instruction", "output")) || names.containsAll(Set.of("prompt", "completion"));
    }

    private static UserError empty(String file) {
        return UserError.of(say("%s holds no rows; expected at least one", file));
    }

    /** @throws UserError when the file is broken from here on, or ends without a row */
    @Override public boolean hasNext() {
        if (ahead.isEmpty() && !ended) {
            try {
                ahead = source.next(given);
            } catch (IOException e) {
                throw Utf8Reader.unreadable(file, e);
            }
            ended = ahead.isEmpty();
            if (ended && given == 0) {
                throw empty(file);
            }
        }
        return ahead.isPresent();
    }

    @Override public Outcome<Row> next() {
        if (!hasNext()) {
            throw new NoSuchElementException(file);
        }
        Outcome<Row> row = ahead.orElseThrow();
        ahead = Optional.empty();
        given++;
        return row;
    }

    /** Rows given so far, bad ones too. */
    public int rows() { return given; }

    @Override public void close() { close(file, source); }
}
