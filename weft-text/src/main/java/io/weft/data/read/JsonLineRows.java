package io.weft.data.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.weft.data.Place;
import io.weft.file.JsonProblem;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** One object a line. A broken line costs that line only. Blank lines are no rows. */
final class JsonLineRows implements RowSource {
    private final String file;
    private final Lines lines;

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
        return Optional.of(lines.tooLong() ? bad(RowProblem.tooLarge(), line)
                : read(line.startsWith("\ufeff") ? line.substring(1) : line, number));
    }

    private Outcome<Row> read(String line, int number) throws IOException {
        try (JsonParser parser = JsonRow.JSON.createParser(line)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return bad(RowProblem.notAnObject(JsonKind.of(token)), line);
            }
            Outcome<Row> row = JsonRow.read(parser, number, place());
            int more = columnOfMore(parser);
            return more == 0 ? row : notJson(say("the object has ended and more follows in column %d; one object a "
                    + "line, without commas between them", more), line);
        } catch (JsonProcessingException e) {
            return notJson(JsonProblem.endsEarly(e) ? say("the object is cut off in column %d", JsonProblem.column(e))
                    : say("not JSON in column %d: %s", JsonProblem.column(e), JsonProblem.of(e)), line);
        }
    }

    /** Where the line goes on behind its object; 0 when it does not. */
    private static int columnOfMore(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() == null ? 0 : parser.currentTokenLocation().getColumnNr();
        } catch (JsonProcessingException e) {
            return JsonProblem.column(e);
        }
    }

    private Place place() { return new Place(file, lines.number()); }

    private Outcome<Row> notJson(String text, String line) { return bad(new RowProblem("not_json", text), line); }

    private Outcome<Row> bad(RowProblem problem, String line) { return Outcome.rejected(place(), problem, line); }

    @Override public void close() throws IOException { lines.close(); }
}
