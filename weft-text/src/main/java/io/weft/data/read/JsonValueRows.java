package io.weft.data.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.file.JsonProblem;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * The objects of a JSON array, of several that were joined, of the one list in an object ({@code {"data": [...]}}), or
 * objects that spread over lines; each with its number and the line of its opening brace. Broken JSON ends the reading:
 * what follows it has no certain beginning.
 */
final class JsonValueRows implements RowSource {
    private final String file;
    private final JsonParser parser;
    private final Optional<String> list;
    /** Whether the next value stands within the array of rows. */
    private boolean within;

    /** @param list key of the object's list that holds the rows, for a file that is one object around them */
    JsonValueRows(String file, Reader in, Optional<String> list) throws IOException {
        this.file = file;
        this.list = list;
        parser = JsonRow.JSON.createParser(new UnmarkedReader(in));
        try {
            if (list.isPresent()) {
                parser.nextToken();
                enterList(list.get());
            }
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
    }

    /** Goes on to the first value of the named list in the object that was opened. */
    private void enterList(String name) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals(name);
            parser.nextToken();
            if (found) {
                within = true;
                return;
            }
            parser.skipChildren();
        }
    }

    @Override public Optional<Outcome<Row>> next(int number) throws IOException {
        try {
            JsonToken token = parser.nextToken();
            while (token == JsonToken.END_ARRAY || token == JsonToken.START_ARRAY && !within) {
                within = token == JsonToken.START_ARRAY;
                if (!within && list.isPresent()) {
                    refuseAnotherList();
                    return Optional.empty();
                }
                token = parser.nextToken();
            }
            if (token == null) {
                return Optional.empty();
            }
            Place place = new Place(file, parser.currentTokenLocation().getLineNr(), number + 1);
            if (token == JsonToken.START_OBJECT) {
                return Optional.of(JsonRow.read(parser, number, place));
            }
            String text = parser.getText();
            parser.skipChildren();
            return Optional.of(Outcome.rejected(place, RowProblem.notAnObject(JsonKind.of(token)), text));
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
    }

    /** Behind the list of rows nothing else may be a list of rows: which one is meant nobody said. */
    private void refuseAnotherList() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                continue;
            }
            for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                if (item == JsonToken.START_OBJECT) {
                    throw UserError.of(say("%s holds several lists of rows ('%s' and '%s'); write each into a file of "
                            + "its own", file, Excerpt.of(list.orElseThrow()), Excerpt.of(name)));
                }
                parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw UserError.of(say("%s line %d: the object around the rows has ended and more follows; give one array, "
                    + "or one object a line (JSONL)", file, parser.currentTokenLocation().getLineNr()));
        }
    }

    private UserError broken(JsonProcessingException e) {
        int line = JsonProblem.line(e), column = JsonProblem.column(e);
        if (JsonProblem.endsEarly(e)) {
            return UserError.of(say("%s line %d, column %d: the JSON ends too early, inside a row or before the "
                    + "closing ]; the file was probably cut off, get it whole", file, line, column), e);
        }
        if (e instanceof StreamConstraintsException) {
            return UserError.of(say("%s line %d: beyond what a row may hold (%s); split the row, or take it out", file,
                    line, JsonProblem.of(e)), e);
        }
        return UserError.of(say("%s line %d, column %d is not JSON: %s", file, line, column, JsonProblem.of(e)), e);
    }

    @Override public void close() throws IOException { parser.close(); }
}
