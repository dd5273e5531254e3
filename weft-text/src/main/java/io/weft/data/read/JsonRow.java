package io.weft.data.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;
import java.io.IOException;
import java.util.Optional;

/**
 * Builds a row's tree token by token, so that one with a key twice, or one that is too large or too deep, can be passed
 * over without losing those behind it.
 */
final class JsonRow {
    /** Deeper nesting than any chat has is an attack on the stack. */
    private static final int DEEPEST = 100;
    /** More digits than any number has that is meant. */
    private static final int LONGEST_NUMBER = 1000;
    /**
     * JSON as RFC 8259 has it, and NaN and Infinity as Python's json writes them. What a row may hold is judged here,
     * since the parser's own limits would end the file.
     */
    static final JsonFactory JSON = JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Row.LARGEST)
            .maxNumberLength(Row.LARGEST).maxNestingDepth(100_000).build()).build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private final JsonParser parser;
    private final long start;
    private String duplicate;
    private boolean tooLarge, tooDeep, tooManyDigits;

    private JsonRow(JsonParser parser) {
        this.parser = parser;
        this.start = parser.currentLocation().getCharOffset();
    }

    /** Reads on from the object's opening brace to its closing one. */
    static Outcome<Row> read(JsonParser parser, int number, Place place) throws IOException {
        var row = new JsonRow(parser);
        ObjectNode fields = row.object(1);
        Optional<RowProblem> problem = row.problem();
        return problem.isPresent() ? Outcome.rejected(place, problem.get(), fields.toString())
                : Outcome.of(new Row(number, place, fields));
    }

    private Optional<RowProblem> problem() {
        return tooLarge ? Optional.of(RowProblem.tooLarge())
                : tooDeep ? Optional.of(RowProblem.tooDeep(DEEPEST))
                : tooManyDigits ? Optional.of(RowProblem.tooManyDigits(LONGEST_NUMBER))
                : Optional.ofNullable(duplicate).map(RowProblem::duplicateKey);
    }

    private ObjectNode object(int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            JsonNode value = value(depth);
            if (object.has(name) && duplicate == null) {
                duplicate = name;
            }
            keep(() -> object.set(name, value));
        }
        return object;
    }

    private JsonNode array(int depth) throws IOException {
        var array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode value = value(depth);
            keep(() -> array.add(value));
        }
        return array;
    }

    private void keep(Runnable add) {
        tooLarge |= parser.currentLocation().getCharOffset() - start > Row.LARGEST;
        if (!tooLarge) {
            add.run();
        }
    }

    private JsonNode value(int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isStructStart() && depth == DEEPEST) {
            tooDeep = true;
            parser.skipChildren();
            return NODES.nullNode();
        }
        switch (token) {
            case START_OBJECT: return object(depth + 1);
            case START_ARRAY: return array(depth + 1);
            case VALUE_STRING: return NODES.textNode(parser.getText());
            case VALUE_TRUE: return NODES.booleanNode(true);
            case VALUE_FALSE: return NODES.booleanNode(false);
            case VALUE_NULL: return NODES.nullNode();
            default: return number(token);
        }
    }

    private JsonNode number(JsonToken token) throws IOException {
        if (parser.isNaN()) {
            return NODES.numberNode(parser.getDoubleValue());
        }
        if (parser.getTextLength() > LONGEST_NUMBER) {
            tooManyDigits = true;
            return NODES.nullNode();
        }
        return token == JsonToken.VALUE_NUMBER_INT ? NODES.numberNode(parser.getBigIntegerValue())
                : NODES.numberNode(parser.getDecimalValue());
    }
}
