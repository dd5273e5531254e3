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
    private final Utf8Reader bytes;
    private Optional<Outcome<Row>> ahead = Optional.empty();
    private boolean ended;
    private int given;

    private RowReader(String file, RowSource source, Utf8Reader bytes) {
        this.file = file;
        this.source = source;
        this.bytes = bytes;
    }

    /** @throws UserError when the file is missing, empty, not UTF-8, or in no layout known here */
    public static RowReader open(Path path) {
        String file = path.toString();
        Utf8Reader bytes = Utf8Reader.open(path);
        BufferedReader in = new BufferedReader(bytes, 1 << 16);
        RowSource source = null;
        try {
            source = source(path, in);
            return new RowReader(file, source, bytes);
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
            return new JsonValueRows(file, in, Optional.empty());
        }
        if (begin.startsWith("{") && (json || second.startsWith("\"") || second.startsWith("}"))) {
            if (JsonShape.isTableOfColumns(begin)) {
                throw UserError.of(say("%s holds the columns of a table, not its rows; write it row by row (pandas: "
                        + "df.to_json(file, orient='records', lines=True))", file));
            }
            JsonShape shape = JsonShape.of(begin, length < HEAD);
            return shape.byLine() ? new JsonLineRows(file, in) : new JsonValueRows(file, in, shape.list());
        }
        if (json && begin.lines().skip(1).anyMatch(line -> line.startsWith("{"))) {
            return new JsonLineRows(file, in);   // the first row is a bad one
        }
        boolean tabs = name.endsWith(".tsv") || name.endsWith(".tab");
        if (tabs || name.endsWith(".csv") || namesColumns(begin)) {
            return new CsvRows(file, in, tabs ? '\t' : CsvRows.separator(begin));
        }
        if (name.endsWith(".txt")) {
            return new TextRows(file, in, TextRows.byLine(Utf8Reader.open(path)));
        }
        throw UserError.of(say("%s begins with '%s': neither a JSON array [{…}], nor JSONL {…}, nor CSV under a line "
                + "of column names; name plain text .txt, CSV .csv and tab-separated columns .tsv", file,
                Excerpt.of(begin.lines().findFirst().orElse(""))));
    }

    /** True for a first line that names the columns of a format. */
    private static boolean namesColumns(String begin) {
        Set<String> names = new HashSet<>(Arrays.asList(begin.lines().findFirst().orElse("").replace("\"", "")
                .split(" *[,;\t] *")));
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

    /** About so many bytes of the file were read so far. */
    public long bytes() { return bytes.offset(); }

    @Override public void close() { close(file, source); }
}
