package io.weft.data.read;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.weft.data.Place;
import io.weft.jinja.PythonSpace;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/**
 * Plain text as rows of one field, {@code text}. Blank lines part the documents and line breaks within one stay; in a
 * file without a blank line between two others, every line is a document.
 */
final class TextRows implements RowSource {
    private final String file;
    private final Lines lines;
    private final boolean byLine;

    /** @param byLine whether each line is a document: {@link #byLine} of the same text */
    TextRows(String file, Reader in, boolean byLine) {
        this.file = file;
        lines = new Lines(in, Row.LARGEST);
        this.byLine = byLine;
    }

    /** True when no blank line stands between two others. Reads the text to the first that does. */
    static boolean byLine(Reader in) throws IOException {
        try (var lines = new Lines(in, 1 << 10)) {
            boolean text = false, gap = false;
            for (String line = lines.next(); line != null; line = lines.next()) {
                boolean blank = PythonSpace.isBlank(line) && !lines.tooLong();
                if (!blank && gap) {
                    return false;
                }
                text |= !blank;
                gap = text && blank;
            }
            return true;
        }
    }

    @Override public Optional<Outcome<Row>> next(int number) throws IOException {
        String line = lines.next();
        while (line != null && PythonSpace.isBlank(line)) {
            line = lines.next();
        }
        if (line == null) {
            return Optional.empty();
        }
        int start = lines.number();
        boolean tooLarge = lines.tooLong();
        var document = new StringBuilder(line);
        for (line = byLine ? null : lines.next(); line != null && !PythonSpace.isBlank(line); line = lines.next()) {
            tooLarge |= lines.tooLong() || document.length() + line.length() >= Row.LARGEST;
            if (!tooLarge) {
                document.append('\n').append(line);
            }
        }
        Place place = new Place(file, start);
        return Optional.of(tooLarge ? Outcome.rejected(place, RowProblem.tooLarge(), document.toString())
                : Outcome.of(new Row(number, place,
                JsonNodeFactory.instance.objectNode().put("text", document.toString()))));
    }

    @Override public void close() throws IOException { lines.close(); }
}
