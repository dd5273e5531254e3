package io.weft.data.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.problem.UserError;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Reads a user's file row by row, in constant memory: a JSON array of objects, JSONL, CSV or plain text, told apart by
 * how the file begins (the name decides only between texts that begin alike). UTF-8, with or without a byte order mark.
 */
public final class RowReader implements Closeable {
    /** Characters that a row may hold; a longer one is a mistake or an attack. */
    static final int LARGEST_ROW = 1 << 24;
    private static final int HEAD = 1 << 13;
    private final String file;
    private final RowSource source;
    private int rows;

    /** Takes rows, and rows that are not fit to be one. */
    public interface Sink {
        void row(Row row);

        void rejected(Rejected rejected);
    }

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
            return new TextRows(in, TextRows.byLine(Utf8Reader.open(path)));
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

    /**
     * Gives the next row to the sink.
     *
     * @return false at the end
     * @throws UserError when the file is broken from here on, or ends without a row
     */
    public boolean next(Sink sink) {
        boolean any;
        try {
            any = source.next(new Numbered(sink));
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file, e);
        }
        if (!any && rows == 0) {
            throw empty(file);
        }
        rows += any ? 1 : 0;
        return any;
    }

    /** Rows given so far, bad ones too. */
    public int rows() { return rows; }

    @Override public void close() { close(file, source); }

    private final class Numbered implements RowSource.Sink {
        private final Sink sink;

        private Numbered(Sink sink) { this.sink = sink; }

        @Override public void row(int line, ObjectNode fields) {
            sink.row(new Row(rows, new Place(file, line), fields));
        }

        @Override public void bad(int line, String reason, String detail, String text) {
            sink.rejected(new Rejected(new Place(file, line), reason, detail, text));
        }
    }
}
