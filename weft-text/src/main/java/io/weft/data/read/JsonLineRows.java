package io.weft.data.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.weft.data.Place;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

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
        lines = new Lines(in, Row.LARGEST);
    }

    @Override public Optional<Outcome<Row>> next(int number) throws IOException {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return Optional.empty();
        }
        Outcome<Row> row = lines.tooLong() ? bad(RowProblem.tooLarge(), line) : read(line, number);
        begun = true;
        return Optional.of(row);
    }

    private Outcome<Row> read(String line, int number) throws IOException {
        try (JsonParser parser = JsonRow.JSON.createParser(line)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return bad(RowProblem.notAnObject(JsonKind.of(token)), line);
            }
            Outcome<Row> row = JsonRow.read(parser, number, place());
            if (parser.nextToken() == null) {
                return row;
            }
            return notJson(say("the object has ended and more follows in column %d; one object a line",
                    parser.currentTokenLocation().getColumnNr()), line);
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            if (!JsonRow.endsEarly(e)) {
                return notJson(say("not JSON in column %d: %s", column, e.getOriginalMessage()), line);
            }
            if (begun) {
                return notJson(say("the object is cut off in column %d", column), line);
            }
            throw UserError.of(say("%s line %d, column %d: the object does not end on its line; expected one "
                    + "whole object a line (JSONL), or one array [{…}, {…}]; the file may be cut off", file,
                    lines.number(), column), e);
        }
    }

    private Place place() { return new Place(file, lines.number()); }

    private Outcome<Row> notJson(String text, String line) { return bad(new RowProblem("not_json", text), line); }

    private Outcome<Row> bad(RowProblem problem, String line) { return Outcome.rejected(place(), problem, line); }

    @Override public void close() throws IOException { lines.close(); }
}
