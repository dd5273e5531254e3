package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * The tokens of a tokenizer.json by id and by spelling, which the native library does not tell, and a secret word for
 * each special one.
 */
public final class Vocabulary {
    private static final int MOST_IDS = 10_000_000;                  // largest vocabularies known: 0.3 million
    private static final SecureRandom RANDOM = new SecureRandom();
    private final Map<String, Integer> ids = new HashMap<>();
    private final String[] tokens;
    private final Map<Integer, String> guards = new HashMap<>();
    private final Map<String, Integer> shared = new HashMap<>();
    private final BitSet bytes = new BitSet(), added = new BitSet();

    /** @throws UserError when there is no vocabulary or an id is out of range */
    Vocabulary(Path path, JsonNode root) {
        JsonNode vocabulary = root.path("model").path("vocab");
        // Unigram: [[piece, score], ...], the id is the place
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        } else {
            vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt(-1)));
        }
        if (ids.isEmpty()) {
            throw UserError.of(say("%s: model.vocab is missing or empty; fetch the file again", path));
        }
        Set<String> extra = new HashSet<>();
        root.path("added_tokens").forEach(token -> {
            ids.put(token.path("content").asText(), token.path("id").asInt(-1));
            extra.add(token.path("content").asText());
        });
        int highest = -1;
        for (var entry : ids.entrySet()) {
            if (entry.getValue() < 0 || entry.getValue() >= MOST_IDS) {
                throw UserError.of(say("%s: the id of token '%s' is not a number from 0 to %d; fetch the file again",
                        path, entry.getKey(), MOST_IDS - 1));
            }
            highest = Math.max(highest, entry.getValue());
        }
        tokens = new String[highest + 1];
        boolean byteFallback = root.path("decoder").toString().contains("\"ByteFallback\"");
        ids.forEach((token, id) -> {
            // an id that two have reads as the added one
            tokens[id] = tokens[id] == null || extra.contains(token) ? token : tokens[id];
            bytes.set(id, byteFallback && token.matches("<0x[0-9A-Fa-f]{2}>"));
        });
        root.path("added_tokens").forEach(token -> added.set(token.path("id").asInt()));
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        for (JsonNode token : root.path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                guards.put(token.path("id").asInt(), guard(nonce, token.path("id").asInt()));
            }
        }
        ids.forEach((word, id) -> {
            if (guards.containsKey(id) && !word.equals(tokens[id])) {
                shared.put(word, id);
            }
        });
    }

    /**
     * Lower-case Latin letters, since every normalizer leaves those alone; equal lengths, so that none begins with
     * another; not to be guessed by who writes the text.
     */
    private static String guard(byte[] nonce, int id) {
        var word = new StringBuilder();
        for (byte b : nonce) {
            word.append((char) ('a' + ((b >> 4) & 15))).append((char) ('a' + (b & 15)));
        }
        for (int shift = 28; shift >= 0; shift -= 4) {
            word.append((char) ('a' + ((id >> shift) & 15)));
        }
        return word.toString();
    }

    /** Highest id + 1. */
    public int size() { return tokens.length; }

    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The token's spelling, or null when the id has none. */
    public String token(int id) { return id >= 0 && id < tokens.length ? tokens[id] : null; }

    public boolean isSpecial(int id) { return guards.containsKey(id); }

    /** True for every added token, special or not. */
    public boolean isAdded(int id) { return id >= 0 && added.get(id); }

    /**
     * Whether the token stands for a single byte ({@code <0x0A>}) that the decoder joins with its neighbours to
     * characters.
     */
    public boolean isByte(int id) { return id >= 0 && bytes.get(id); }

    /** The secret word for a special token. */
    public String guard(int id) { return guards.get(id); }

    /** Whether a word of the model has the id of this special token as well, as in files with gaps among their ids. */
    public boolean isShared(int specialId) { return shared.containsValue(specialId); }

    /** Secret words by the spelling that they replace. */
    Map<String, String> guardsBySpelling() {
        Map<String, String> bySpelling = new HashMap<>();
        guards.forEach((id, guard) -> bySpelling.put(tokens[id], guard));
        shared.forEach((word, id) -> bySpelling.put(word, guards.get(id) + "q"));     // 'q' is in no guard
        return bySpelling;
    }
}
