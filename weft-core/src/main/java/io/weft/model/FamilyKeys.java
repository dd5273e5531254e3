package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of config.json that a family reads, as its files spell them, with what transformers takes a missing one for;
 * and those that its files have and that change nothing here. What no family reads is in {@link ConfigKeys}.
 */
public final class FamilyKeys {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Obeyed key -> the value of a missing one, itself a missing node where there is none. */
    private final Map<String, JsonNode> obeyed;
    private final Set<String> unused;

    private FamilyKeys(Map<String, JsonNode> obeyed, Set<String> unused) {
        this.obeyed = obeyed;
        this.unused = unused;
    }

    /** No keys yet: for a family that shares none. */
    public static FamilyKeys none() { return new FamilyKeys(Map.of(), Set.of()); }

    /**
     * The sizes of a decoder, its SiLU, its context, whether head and embedding are one, and its rotation.
     *
     * @param theta of the rotation where config.json gives none
     */
    public static FamilyKeys decoder(double theta) {
        return none().and("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings",
                "rope_parameters", "rope_scaling", "original_max_position_embeddings")
                .or("tie_word_embeddings", false).or("hidden_act", "silu").or("rope_theta", theta);
    }

    /** These too. A missing one is missing: its reader says what that means, or refuses the file. */
    public FamilyKeys and(String... keys) {
        Map<String, JsonNode> more = new LinkedHashMap<>(obeyed);
        List.of(keys).forEach(key -> more.put(key, MissingNode.getInstance()));
        return new FamilyKeys(more, unused);
    }

    /** This too, or in place of the same key. @param otherwise a number, text or flag: what a missing one means */
    public FamilyKeys or(String key, Object otherwise) {
        Map<String, JsonNode> more = new LinkedHashMap<>(obeyed);
        more.put(key, JSON.valueToTree(otherwise));
        return new FamilyKeys(more, unused);
    }

    /** Keys of its files that change nothing. @param reason why not, for whoever reads the family */
    public FamilyKeys unused(String reason, String... keys) {
        Set<String> more = new LinkedHashSet<>(unused);
        more.addAll(List.of(keys));
        return new FamilyKeys(obeyed, more);
    }

    /** What a missing key is taken for, or a missing node. */
    JsonNode otherwise(String key) { return obeyed.getOrDefault(key, MissingNode.getInstance()); }

    boolean obeys(String key) { return obeyed.containsKey(key); }

    boolean passesOver(String key) { return unused.contains(key); }
}
