package io.weft.data;

import java.util.Objects;

/**
 * One turn of a conversation, in the OpenAI spelling.
 *
 * @param role      "system", "user", "assistant" or another that the chat template knows
 * @param reasoning what an assistant thought before it answered, where it stands apart from the content; "" for none
 */
public record Message(String role, String content, String reasoning) {
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(reasoning, "reasoning");
    }

    public Message(String role, String content) { this(role, content, ""); }

    public static Message system(String content) { return new Message("system", content); }

    public static Message user(String content) { return new Message("user", content); }

    public static Message assistant(String content) { return new Message("assistant", content); }

    public boolean isAssistant() { return role.equals("assistant"); }
}
