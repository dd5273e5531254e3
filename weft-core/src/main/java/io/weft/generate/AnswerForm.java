package io.weft.generate;

import com.fasterxml.jackson.databind.JsonNode;

/** What the text of an answer must be: tokens that would lead elsewhere are not taken. */
public sealed interface AnswerForm {
    /** Any JSON object. */
    record Json() implements AnswerForm {}

    /** JSON that holds to a schema (JSON Schema 2020-12, the part of it that can be decided token by token). */
    record JsonSchema(JsonNode schema) implements AnswerForm {}

    /** A text that a regular expression matches whole. */
    record Pattern(String expression) implements AnswerForm {}
}
