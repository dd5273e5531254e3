package io.weft.data.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

import static io.weft.problem.Language.say;

/**
 * One object a line. A broken line costs that line only, unless it is the first: then this is no JSONL. Blank lines are
 * no rows.
 */
final class JsonLineRows implements RowSource {
    private final String file;
    private final Lines lines;
    private boolean begun;

    JsonLineRows(String file, Reader in) {
        this.file = file;
        lines = new Lines(in, RowReader.LARGEST_ROW);
    }

    @Override public boolean next(Sink sink) throws IOException {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return false;
        }
        if (lines.tooLong()) {
            bad(sink, RowProblem.tooLarge(), line);
        } else {
            read(line, sink);
        }
        begun = true;
        return true;
    }

    private void read(String line, Sink sink) throws IOException {
        try (JsonParser parser = JsonRow.JSON.createParser(line)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                bad(sink, RowProblem.notAnObject(JsonKind.of(token)), line);
                return;
            }
            var row = new Held();
            JsonRow.read(parser, lines.number(), row);
            if (parser.nextToken() == null) {
                row.passOn.accept(sink);
            } else {
                int column = parser.currentTokenLocation().getColumnNr();
                bad(sink,
                        new RowProblem("not_json",
                        say("the object has ended and more follows in column %d; one object a line", column)), line);
            }
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            if (!JsonRow.endsEarly(e)) {
                bad(sink, new RowProblem("not_json", say("not JSON in column %d: %s", column, e.getOriginalMessage())),
                        line);
            } else if (begun) {
                bad(sink, new RowProblem("not_json", say("the object is cut off in column %d", column)), line);
            } else {
                throw UserError.of(say("%s line %d, column %d: the object does not end on its line; expected one "
                        + "whole object a line (JSONL), or one array [{…}, {…}]; the file may be cut off", file,
                        lines.number(), column), e);
            }
        }
    }

    private void bad(Sink sink, RowProblem problem, String line) {
        sink.bad(lines.number(), problem.reason(), problem.text(), line);
    }

    @Override public void close() throws IOException { lines.close(); }

    /** Keeps what was read until the rest of the line is known to be empty. */
    private static final class Held implements Sink {
        private Consumer<Sink> passOn;

        @Override public void row(int line, ObjectNode fields) { passOn = sink -> sink.row(line, fields); }

        @Override public void bad(int line, String reason, String detail, String text) {
            passOn = sink -> sink.bad(line, reason, detail, text);
        }
    }
}
