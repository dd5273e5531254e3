package io.weft.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One turn of a conversation, in the OpenAI spelling.
 *
 * @param role      "system", "user", "assistant" or another that the chat template knows
 * @param reasoning what an assistant thought before it answered, where it stands apart from the content; "" for none
 * @param fields    what else a chat template is shown of it, such as tool_calls, by the names that templates have for
 *     it: texts, numbers, booleans, and lists and maps of these
 */
public record Message(String role, String content, String reasoning, Map<String, Object> fields) {
    /** The calls of an assistant's turn: a list of {@code {id, type, function: {name, arguments}}}. */
    public static final String TOOL_CALLS = "tool_calls";

    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(reasoning, "reasoning");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public Message(String role, String content, String reasoning) { this(role, content, reasoning, Map.of()); }

    public Message(String role, String content) { this(role, content, ""); }

    public static Message system(String content) { return new Message("system", content); }

    public static Message user(String content) { return new Message("user", content); }

    public static Message assistant(String content) { return new Message("assistant", content); }

    public boolean isAssistant() { return role.equals("assistant"); }
}
