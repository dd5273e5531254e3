package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * A token that is found in a text before the text is cut into pieces.
 *
 * @param id         negative where the file that names it gives none
 * @param singleWord found only where it is a word of its own
 * @param lstrip     takes the spaces before it with it  @param rstrip and those behind it
 * @param normalized looked for in the normalized text
 * @param special    a control token, which decoding may leave out and which no user's text is taken for
 */
record AddedToken(int id, String content, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized,
        boolean special) {
    private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip", "normalized", "special");

    /** A control token that a file names by its text alone. */
    static AddedToken special(String content) {
        return new AddedToken(-1, content, false, false, false, false, true);
    }

    /**
     * An entry as tokenizer.json and tokenizer_config.json have it; a flag that is not there is off, but for
     * normalized, which special tokens alone are without (AddedToken of Hugging Face tokenizers).
     *
     * @param place of the entry, for messages
     * @throws UserError when it has no text, or a flag is neither true nor false
     */
    static AddedToken of(String place, int id, JsonNode entry) {
        if (!entry.isObject() || !entry.path("content").isTextual()) {
            throw UserError.of(say("%s: expected an object with the token's text as content; found %s", place,
                    entry.isMissingNode() ? say("nothing") : entry));
        }
        for (String flag : FLAGS) {
            JsonNode value = entry.path(flag);
            if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
                throw UserError.of(say("%s: %s of '%s' is %s; expected true or false", place, flag,
                        entry.get("content").asText(), value));
            }
        }
        boolean special = entry.path("special").asBoolean();
        return new AddedToken(id, entry.get("content").asText(), entry.path("single_word").asBoolean(),
                entry.path("lstrip").asBoolean(), entry.path("rstrip").asBoolean(),
                entry.path("normalized").asBoolean(!special), special);
    }

    AddedToken withId(int other) {
        return new AddedToken(other, content, singleWord, lstrip, rstrip, normalized, special);
    }

    AddedToken asSpecial() { return new AddedToken(id, content, singleWord, lstrip, rstrip, normalized, true); }

    AddedToken asOrdinary() { return new AddedToken(id, content, singleWord, lstrip, rstrip, normalized, false); }

    /** Looked for in the text as it is. */
    AddedToken asRaw() { return new AddedToken(id, content, singleWord, lstrip, rstrip, false, special); }

    /** Whether both say the same but for the id. */
    boolean sameAs(AddedToken other) { return other != null && withId(0).equals(other.withId(0)); }

    /** An entry of added_tokens in tokenizer.json. */
    ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("content", content)
                .put("single_word", singleWord).put("lstrip", lstrip).put("rstrip", rstrip)
                .put("normalized", normalized).put("special", special);
    }
}
