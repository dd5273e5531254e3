package io.weft.data.read;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;

import static io.weft.problem.Language.say;

/** What a JSON value is, in words for the user. */
final class JsonKind {
    private JsonKind() {}

    static String of(JsonNode value) { return of(value.asToken()); }

    static String of(JsonToken token) {
        switch (token) {
            case START_OBJECT: return say("an object", "对象");
            case START_ARRAY: return say("a list", "列表");
            case VALUE_STRING: return say("a text", "文本");
            case VALUE_NULL: return say("null", "空值 null");
            case VALUE_TRUE: case VALUE_FALSE: return say("true or false", "布尔值");
            default: return say("a number", "数字");
        }
    }
}
