package io.weft.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.file.JsonFile;
import io.weft.file.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One question.
 *
 * @param messages    the last one the user's
 * @param temperature the service's own when not given; some models take no other
 * @param maxTokens   most tokens of an answer; the service's own bound when not given
 * @param seed        of the draws; services use it as far as they can
 * @param take        which of several answers to the same question this is, from 0; not sent, but another request
 */
public record ChatRequest(List<Message> messages, OptionalDouble temperature, OptionalInt maxTokens, OptionalLong seed,
        int take) {
    public ChatRequest { messages = List.copyOf(messages); }

    /** With the service's own way of drawing. */
    public static ChatRequest of(List<Message> messages) {
        return new ChatRequest(messages, OptionalDouble.empty(), OptionalInt.empty(), OptionalLong.empty(), 0);
    }

    public ChatRequest withTemperature(double other) {
        return new ChatRequest(messages, OptionalDouble.of(other), maxTokens, seed, take);
    }

    public ChatRequest withMaxTokens(int other) {
        return new ChatRequest(messages, temperature, OptionalInt.of(other), seed, take);
    }

    public ChatRequest withSeed(long other) {
        return new ChatRequest(messages, temperature, maxTokens, OptionalLong.of(other), take);
    }

    public ChatRequest withTake(int other) {
        return new ChatRequest(messages, temperature, maxTokens, seed, other);
    }

    /** What is sent. @param lengthKey how the service spells {@code max_tokens} */
    ObjectNode body(String model, String lengthKey) {
        ObjectNode body = JsonFile.JSON.createObjectNode().put("model", model);
        ArrayNode turns = body.putArray("messages");
        messages.forEach(turn -> turns.addObject().put("role", turn.role()).put("content", turn.content()));
        temperature.ifPresent(value -> body.put("temperature", value));
        maxTokens.ifPresent(value -> body.put(lengthKey, value));
        seed.ifPresent(value -> body.put("seed", value));
        return body;
    }

    /** By what the answer is found again: the SHA-256 of where, what and which. */
    String key(Endpoint endpoint) {
        MessageDigest digest = Sha256.digest();
        digest.update((endpoint.completions() + "\n" + body(endpoint.model(), "max_tokens") + "\n" + take)
                .getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest);
    }
}
