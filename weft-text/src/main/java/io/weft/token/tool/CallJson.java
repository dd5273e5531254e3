package io.weft.token.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calls as JSON: an object with a name and arguments, which some models call parameters, or a list of such objects. */
final class CallJson {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private CallJson() {}

    static Optional<JsonNode> read(String text) {
        try {
            return Optional.ofNullable(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** All calls of a text; none when any of it is no call. */
    static List<ToolCall> calls(String text) {
        List<ToolCall> calls = new ArrayList<>();
        JsonNode root = read(text).orElse(null);
        for (JsonNode each : root != null && root.isArray() ? root : root == null ? List.<JsonNode>of()
                : List.of(root)) {
            Optional<ToolCall> call = call(each);
            if (call.isEmpty()) {
                return List.of();
            }
            calls.add(call.get());
        }
        return calls;
    }

    private static Optional<ToolCall> call(JsonNode node) {
        JsonNode arguments = node.has("arguments") ? node.get("arguments") : node.path("parameters");
        return !node.path("name").isTextual() || node.path("name").asText().isBlank() || !arguments.isObject()
                ? Optional.empty() : Optional.of(new ToolCall(node.get("name").asText(), arguments.toString()));
    }
}
