package io.weft.data.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;
import java.io.IOException;
import java.util.Optional;

/**
 * Builds a row's tree token by token, so that one with a key twice, or one that is too large, can be passed over
 * without losing those behind it.
 */
final class JsonRow {
    /** Strict JSON as RFC 8259 has it; deeper nesting than any chat has is an attack on the stack. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Row.LARGEST)
            .maxNestingDepth(100).build()).build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private final JsonParser parser;
    private final long start;
    private String duplicate;
    private boolean tooLarge;

    private JsonRow(JsonParser parser) {
        this.parser = parser;
        this.start = parser.currentLocation().getCharOffset();
    }

    /** True when the text ended within a value; Jackson says so by two kinds of exception. */
    static boolean endsEarly(JsonProcessingException e) {
        return e instanceof JsonEOFException || e.getOriginalMessage().startsWith("Unexpected end-of-input");
    }

    /** Reads on from the object's opening brace to its closing one. */
    static Outcome<Row> read(JsonParser parser, int number, Place place) throws IOException {
        var row = new JsonRow(parser);
        ObjectNode fields = row.object();
        Optional<RowProblem> problem = row.problem();
        return problem.isPresent() ? Outcome.rejected(place, problem.get(), fields.toString())
                : Outcome.of(new Row(number, place, fields));
    }

    private Optional<RowProblem> problem() {
        return tooLarge ? Optional.of(RowProblem.tooLarge())
                : Optional.ofNullable(duplicate).map(RowProblem::duplicateKey);
    }

    private ObjectNode object() throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            JsonNode value = value();
            if (object.has(name) && duplicate == null) {
                duplicate = name;
            }
            keep(() -> object.set(name, value));
        }
        return object;
    }

    private JsonNode array() throws IOException {
        var array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode value = value();
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

    private JsonNode value() throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT: return object();
            case START_ARRAY: return array();
            case VALUE_STRING: return NODES.textNode(parser.getText());
            case VALUE_TRUE: return NODES.booleanNode(true);
            case VALUE_FALSE: return NODES.booleanNode(false);
            case VALUE_NULL: return NODES.nullNode();
            case VALUE_NUMBER_INT: return NODES.numberNode(parser.getBigIntegerValue());
            default: return NODES.numberNode(parser.getDecimalValue());
        }
    }
}
