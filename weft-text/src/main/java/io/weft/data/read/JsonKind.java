package io.weft.data.read;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;

import static io.weft.problem.Language.say;

/** What a JSON value is, in words for the user. */
public final class JsonKind {
    private JsonKind() {}

    public static String of(JsonNode value) {
        return isNoNumber(value) ? say("NaN or infinite, as Python writes a number that is missing")
                : of(value.asToken());
    }

    /** NaN and Infinity, which Python's json writes and JSON does not know. */
    public static boolean isNoNumber(JsonNode value) {
        return value.isDouble() && !Double.isFinite(value.doubleValue());
    }

    public static String of(JsonToken token) {
        switch (token) {
            case START_OBJECT: return say("an object");
            case START_ARRAY: return say("a list");
            case VALUE_STRING: return say("a text");
            case VALUE_NULL: return say("null");
            case VALUE_TRUE: case VALUE_FALSE: return say("true or false");
            default: return say("a number");
        }
    }
}
