package io.weft.metric.form;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Answers that should be JSON objects or arrays: whether they are, alone and with nothing around them. */
public final class JsonForm {
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonForm() {}

    /** Whether rows ask for JSON: every expected answer is an object or an array. */
    public static boolean isAskedBy(List<String> expected) {
        return !expected.isEmpty() && expected.stream().allMatch(JsonForm::isValid);
    }

    /** Whether a text is one JSON object or array (RFC 8259), white space around it aside. */
    public static boolean isValid(String text) { return read(text).isPresent(); }

    /** Whether an answer is JSON with the keys of the expected one, at every depth; arrays by the keys within. */
    public static boolean hasKeysOf(String answer, String expected) {
        return read(answer).map(JsonForm::keys).equals(read(expected).map(JsonForm::keys));
    }

    private static Optional<JsonNode> read(String text) {
        try {
            return Optional.ofNullable(STRICT.readTree(text)).filter(JsonNode::isContainerNode);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static TreeSet<String> keys(JsonNode node) {
        TreeSet<String> keys = new TreeSet<>();
        add(node, "", keys);
        return keys;
    }

    private static void add(JsonNode node, String at, TreeSet<String> keys) {
        if (node.isArray()) {
            node.forEach(each -> add(each, at + "[]", keys));
        }
        node.properties().forEach(field -> {
            keys.add(at + "/" + field.getKey());
            add(field.getValue(), at + "/" + field.getKey(), keys);
        });
    }
}
