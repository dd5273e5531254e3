package io.weft.app.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.generate.TokenLogprob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Log-probabilities as JSON, in the shapes that chats and texts have for them. A likelihood of nothing is -9999, as
 * OpenAI has it: JSON knows no infinity.
 */
public final class Logprobs {
    private static final double LOWEST = -9999;
    private static final char REPLACEMENT = '\uFFFD';
    private final IntFunction<String> tokens;

    /** @param tokens the text of an id, special ones as they are spelled */
    public Logprobs(IntFunction<String> tokens) { this.tokens = tokens; }

    /** {@code {content: [{token, logprob, bytes, top_logprobs: [{token, logprob, bytes}]}]}}. */
    public ObjectNode ofChat(List<TokenLogprob> places) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode content = root.putArray("content");
        for (TokenLogprob place : places) {
            ArrayNode likeliest = token(content.addObject(), place).putArray("top_logprobs");
            place.likeliest().forEach(each -> token(likeliest.addObject(), each));
        }
        return root.putNull("refusal");
    }

    private ObjectNode token(ObjectNode node, TokenLogprob of) {
        String text = tokens.apply(of.id());
        node.put("token", text).put("logprob", number(of));
        if (text.indexOf(REPLACEMENT) >= 0) {
            return node.putNull("bytes");               // a part of a character, whose bytes the text does not tell
        }
        ArrayNode bytes = node.putArray("bytes");
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & 0xff);
        }
        return node;
    }

    /**
     * {@code {tokens, token_logprobs, top_logprobs, text_offset}}.
     *
     * @param offset characters of the text before the first of these
     */
    public ObjectNode ofText(List<TokenLogprob> places, int offset) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode texts = root.putArray("tokens"), numbers = root.putArray("token_logprobs"),
                likeliest = root.putArray("top_logprobs"), offsets = root.putArray("text_offset");
        int at = offset;
        for (TokenLogprob place : places) {
            String text = tokens.apply(place.id());
            texts.add(text);
            numbers.add(number(place));
            ObjectNode each = likeliest.addObject();
            place.likeliest().forEach(one -> each.put(tokens.apply(one.id()), number(one)));
            offsets.add(at);
            at += text.length();
        }
        return root;
    }

    private static double number(TokenLogprob of) { return Math.max(LOWEST, of.logprob()); }
}
