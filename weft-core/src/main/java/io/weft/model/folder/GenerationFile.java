package io.weft.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * A model folder's generation_config.json, by which Python's generate() answers where its caller says nothing. Weft
 * takes the tokens that end an answer from it; how it samples its own settings say, so that the rest is told.
 */
final class GenerationFile {
    static final String NAME = "generation_config.json";
    /** How Python computes or returns, which decides no token; and tokens that Weft takes from the tokenizer. */
    private static final Set<String> HARMLESS = Set.of("eos_token_id", "stop_strings", "bos_token_id", "pad_token_id",
            "decoder_start_token_id", "transformers_version", "_from_model_config", "use_cache",
            "cache_implementation", "cache_config", "return_legacy_cache", "compile_config", "disable_compile",
            "return_dict_in_generate", "output_scores", "output_logits", "output_attentions", "output_hidden_states",
            "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold",
            "prompt_lookup_num_tokens", "max_matching_ngram_size", "prefill_chunk_size", "low_memory", "is_assistant",
            "trust_remote_code", "_commit_hash", "generation_config", "max_time", "target_lookbehind",
            "assistant_lookbehind", "assistant_early_exit", "dola_layers");
    /** What generate() does anyway where the file does not say. */
    private static final Map<String, Object> USUAL = Map.ofEntries(Map.entry("do_sample", false),
            Map.entry("temperature", 1.0), Map.entry("top_k", 50), Map.entry("top_p", 1.0),
            Map.entry("typical_p", 1.0), Map.entry("epsilon_cutoff", 0.0), Map.entry("eta_cutoff", 0.0),
            Map.entry("repetition_penalty", 1.0), Map.entry("encoder_repetition_penalty", 1.0),
            Map.entry("length_penalty", 1.0), Map.entry("no_repeat_ngram_size", 0),
            Map.entry("encoder_no_repeat_ngram_size", 0), Map.entry("diversity_penalty", 0.0),
            Map.entry("num_beams", 1), Map.entry("num_beam_groups", 1), Map.entry("num_return_sequences", 1),
            Map.entry("min_length", 0), Map.entry("early_stopping", false), Map.entry("renormalize_logits", false),
            Map.entry("remove_invalid_values", false), Map.entry("token_healing", false), Map.entry("max_length", 20));
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Path file;
    private final JsonNode root;

    private GenerationFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** The folder's, which may have none. @throws UserError when it is no JSON object */
    static GenerationFile in(Path folder) {
        Path file = folder.resolve(NAME);
        return new GenerationFile(file, Files.exists(file) ? JsonFile.object(file) : JSON.createObjectNode());
    }

    /** Ids that end an answer. */
    Set<Integer> endIds() { return ids(file, "eos_token_id", root.path("eos_token_id")); }

    /** Texts that end an answer. @throws UserError when they are no texts */
    List<String> endTexts() {
        JsonNode found = root.path("stop_strings");
        List<String> texts = new ArrayList<>();
        for (JsonNode text : found.isArray() ? found : JSON.createArrayNode().add(found)) {
            if (text.isTextual()) {
                texts.add(text.asText());
            } else if (!text.isNull() && !text.isMissingNode()) {
                throw UserError.of(say("%s: \"%s\" is %s; expected %s", file, "stop_strings", found,
                        say("a text, or a list of texts")));
            }
        }
        return texts;
    }

    /** What it asks for beyond the usual, as {@code key: value}. */
    List<String> unused() {
        return root.properties().stream().filter(entry -> !entry.getValue().isNull())
                .filter(entry -> !HARMLESS.contains(entry.getKey()) && !isUsual(entry.getKey(), entry.getValue()))
                .map(entry -> entry.getKey() + ": " + entry.getValue()).toList();
    }

    private static boolean isUsual(String key, JsonNode value) {
        JsonNode usual = JSON.valueToTree(USUAL.get(key));
        return usual.isNumber() && value.isNumber() ? usual.asDouble() == value.asDouble() : usual.equals(value);
    }

    /**
     * Ids that a key gives: a number, a list of numbers, null or nothing.
     *
     * @throws UserError when it gives anything else
     */
    static Set<Integer> ids(Path file, String key, JsonNode found) {
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode id : found.isArray() ? found : JSON.createArrayNode().add(found)) {
            if (id.isIntegralNumber() && id.canConvertToInt() && (id.asInt() >= 0 || !found.isArray())) {
                if (id.asInt() >= 0) { // some files say -1 for none
                    ids.add(id.asInt());
                }
            } else if (!id.isNull() && !id.isMissingNode()) {
                throw UserError.of(say("%s: \"%s\" is %s; expected %s", file, key, found,
                        say("the number of a token, or a list of such numbers")));
            }
        }
        return ids;
    }
}
