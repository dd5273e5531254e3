package io.weft.data.read;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.weft.data.PythonStrip;
import java.io.IOException;
import java.io.Reader;

/**
 * Plain text as rows of one field, {@code text}. Blank lines part the documents and line breaks within one stay; in a
 * file without a blank line between two others, every line is a document.
 */
final class TextRows implements RowSource {
    private final Lines lines;
    private final boolean byLine;

    /** @param byLine whether each line is a document: {@link #byLine} of the same text */
    TextRows(Reader in, boolean byLine) {
        lines = new Lines(in, RowReader.LARGEST_ROW);
        this.byLine = byLine;
    }

    /** True when no blank line stands between two others. Reads the text to the first that does. */
    static boolean byLine(Reader in) throws IOException {
        try (var lines = new Lines(in, 1 << 10)) {
            boolean text = false, gap = false;
            for (String line = lines.next(); line != null; line = lines.next()) {
                boolean blank = PythonStrip.isBlank(line) && !lines.tooLong();
                if (!blank && gap) {
                    return false;
                }
                text |= !blank;
                gap = text && blank;
            }
            return true;
        }
    }

    @Override public boolean next(Sink sink) throws IOException {
        String line = lines.next();
        while (line != null && PythonStrip.isBlank(line)) {
            line = lines.next();
        }
        if (line == null) {
            return false;
        }
        int start = lines.number();
        boolean tooLarge = lines.tooLong();
        var document = new StringBuilder(line);
        for (line = byLine ? null : lines.next(); line != null && !PythonStrip.isBlank(line); line = lines.next()) {
            tooLarge |= lines.tooLong() || document.length() + line.length() >= RowReader.LARGEST_ROW;
            if (!tooLarge) {
                document.append('\n').append(line);
            }
        }
        if (tooLarge) {
            RowProblem problem = RowProblem.tooLarge();
            sink.bad(start, problem.reason(), problem.text(), document.toString());
        } else {
            sink.row(start, JsonNodeFactory.instance.objectNode().put("text", document.toString()));
        }
        return true;
    }

    @Override public void close() throws IOException { lines.close(); }
}
