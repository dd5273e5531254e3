package io.weft.data.read;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.weft.data.Place;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * The objects of one JSON array, each on the line of its opening brace. Broken JSON ends the reading: what follows it
 * has no certain beginning.
 */
final class JsonArrayRows implements RowSource {
    private final String file;
    private final JsonParser parser;

    JsonArrayRows(String file, Reader in) throws IOException {
        this.file = file;
        parser = JsonRow.JSON.createParser(in);
        // the opening bracket, by which the layout was told
        parser.nextToken();
    }

    @Override public Optional<Outcome<Row>> next(int number) throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                refuseMore();
                return Optional.empty();
            }
            Place place = new Place(file, parser.currentTokenLocation().getLineNr());
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

    private void refuseMore() throws IOException {
        if (parser.nextToken() != null) {
            throw UserError.of(say("%s line %d: the array has ended and more follows; give one array, or one object a "
                    + "line (JSONL)", file, parser.currentTokenLocation().getLineNr()));
        }
    }

    private UserError broken(JsonProcessingException e) {
        JsonLocation at = e.getLocation() == null ? parser.currentTokenLocation() : e.getLocation();
        if (JsonRow.endsEarly(e)) {
            return UserError.of(say("%s line %d, column %d: the JSON ends too early, inside a row or before the "
                    + "closing ]; the file was probably cut off, get it whole", file, at.getLineNr(), at.getColumnNr()),
                    e);
        }
        if (e instanceof StreamConstraintsException) {
            return UserError.of(say("%s line %d: beyond what a row may hold (%s)", file, at.getLineNr(),
                    e.getOriginalMessage()), e);
        }
        return UserError.of(say("%s line %d, column %d is not JSON: %s", file, at.getLineNr(), at.getColumnNr(),
                e.getOriginalMessage()), e);
    }

    @Override public void close() throws IOException { parser.close(); }
}
