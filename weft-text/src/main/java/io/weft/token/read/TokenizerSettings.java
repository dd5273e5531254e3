package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * The settings of tokenizer_config.json, and those of tokenizer.json that do not belong to the file: each is computed,
 * refused by name, or known to change no id. What transformers 5.24 does with a folder is the measure; where version 4
 * differs, that stands at the key.
 */
final class TokenizerSettings {
    private static final Set<String> HARMLESS = Set.of(
            // computed elsewhere: TokenizerConfig, ChatTemplateFiles, SentencePieceFolder, TokenizerFile
            "added_tokens_decoder", "additional_special_tokens", "extra_special_tokens", "chat_template",
            "add_bos_token", "add_eos_token", "tokenizer_class", "tokenizer_type",
            // lengths and padding are each caller's to decide, and Weft's are in the recipe; nothing is padded
            "model_max_length", "max_len", "max_length", "stride", "truncation_side", "truncation_strategy",
            "padding_side", "pad_to_multiple_of", "pad_token_type_id", "padding", "truncation",
            // the names of a model's inputs, which Weft's models do not go by
            "model_input_names", "processor_class", "return_token_type_ids",
            // where the file was saved, from what, by what
            "name_or_path", "special_tokens_map_file", "tokenizer_file", "vocab_file", "merges_file",
            "vocab_files_names", "backend", "is_local", "local_files_only", "files_loaded", "init_inputs", "use_fast",
            "from_slow", "transformers_version", "_commit_hash", "auto_map", "device_map", "unsloth_fixed", "verbose",
            // how LlamaTokenizer is made from a tokenizer.model, which SentencePieceFolder reads. Where there is a
            // tokenizer.json, that counts, as in transformers 4 and in all servers; version 5 builds the tokenizers of
            // some classes anew from vocabulary and merges, which cuts text behind special tokens otherwise
            "legacy", "add_prefix_space",
            // system prompts of templates that transformers no longer brings along
            "use_default_system_prompt",
            // decoding removes no spaces: transformers 5 ignores it for byte pairs, because it corrupts text (version
            // 4 obeys it)
            "clean_up_tokenization_spaces",
            // of tokenizers written in Python, when they decode
            "spaces_between_special_tokens", "errors", "trim_offsets",
            // for callers that ask for it: transformers' parsing of answers and other templates
            "response_schema", "response_template", "chat_control_tokens", "tool_use_template",
            "grounded_generation_template",
            // how classes of encoders (BERT, ALBERT, DeBERTa) make a normalizer; those of generating models ignore them
            "normalization", "keep_accents", "remove_space", "strip_accents", "tokenize_chinese_chars",
            "do_basic_tokenize", "never_split", "split_by_punct", "do_split_by_punct",
            // of image and audio inputs
            "image_token_id", "video_token_id", "image_seq_length", "vision_config");
    // whose backend transformers 5 builds anew with the setting
    private static final Set<String> PREFIXING = Set.of("GPT2Tokenizer", "Qwen2Tokenizer", "CohereTokenizer",
            "GPTNeoXTokenizer");
    private static final List<String> LOWERING = List.of("BertNormalizer", "Lowercase");

    private TokenizerSettings() {}

    /**
     * Makes a tokenizer.json say what the two files together mean.
     *
     * @throws UserError when tokenizer_config.json says something that cannot be computed
     */
    static void apply(String place, TokenizerConfig config, ObjectNode root, List<Translatable> notes) {
        JsonNode model = root.path("model");
        JsonNode dropout = model.path("dropout");
        if (!dropout.isMissingNode() && !dropout.isNull()) {
            ((ObjectNode) model).putNull("dropout");
            if (dropout.asDouble() != 0) {
                // transformers leaves it on: each time other ids
                notes.add(text("%s: model.dropout is %s, which makes the same text other ids each time; Weft encodes "
                        + "without it", place, dropout.asText()));
            }
        }
        JsonNode space = config.get("add_prefix_space");
        if (space.isBoolean() || config.tokenizerClass().equals("GPT2Tokenizer")) {
            prefixSpace(config, root.path("pre_tokenizer"), space.asBoolean(), notes);
        }
        tell(config, root, notes);
    }

    private static void prefixSpace(TokenizerConfig config, JsonNode cutting, boolean wanted,
            List<Translatable> notes) {
        List<ObjectNode> cutters = new ArrayList<>();
        collect(cutting, "ByteLevel", cutters);
        collect(cutting, "Metaspace", cutters);
        for (ObjectNode cutter : cutters) {
            boolean is = cutter.path("type").asText().equals("Metaspace")
                    ? !cutter.path("prepend_scheme").asText("always").equals("never")
                    : cutter.path("add_prefix_space").asBoolean(true);
            if (is != wanted && cutter.path("type").asText().equals("ByteLevel")
                    && PREFIXING.contains(config.tokenizerClass())) {
                cutter.put("add_prefix_space", wanted);
            } else if (is != wanted) {
                // version 4 lets tokenizer_config.json win where the file's pre_tokenizer is a single ByteLevel
                notes.add(text("%s: add_prefix_space is %s, but the pre_tokenizer of tokenizer.json decides, as in "
                        + "transformers 5, and it says otherwise", config.file(), String.valueOf(wanted)));
            }
        }
    }

    private static void collect(JsonNode part, String type, List<ObjectNode> found) {
        if (part instanceof ObjectNode object && object.path("type").asText().equals(type)) {
            found.add(object);
        }
        part.path("pretokenizers").forEach(child -> collect(child, type, found));
        part.path("normalizers").forEach(child -> collect(child, type, found));
    }

    /** Refuses settings that would change ids and are not computed, and tells those that nobody here knows. */
    static void tell(TokenizerConfig config, ObjectNode root, List<Translatable> notes) {
        Set<String> unknown = new TreeSet<>();
        config.root().properties().forEach(entry -> {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            switch (key) {
                case "split_special_tokens" -> {
                    if (value.asBoolean()) {
                        notes.add(text("%s: split_special_tokens is true; Weft takes what users write apart in any "
                                + "case, and leaves the chat template its tokens", config.file()));
                    }
                }
                case "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output" -> refuseTrue(config,
                        key, value);
                // transformers exchanges the pre_tokenizer then, with a vocabulary of more than 100,000 tokens
                case "fix_mistral_regex" -> refuseTrue(config, key, value);
                case "do_lower_case" -> lowering(config, key, value, root);
                case "sp_model_kwargs" -> {
                    if (value.path("enable_sampling").asBoolean()) {
                        refuse(config, key, value);
                    }
                }
                default -> {
                    boolean named = key.endsWith("_token") && (value.isTextual() || value.isObject());
                    if (!HARMLESS.contains(key) && !named && isSet(value)) {
                        unknown.add(key);
                    }
                }
            }
        });
        if (!unknown.isEmpty()) {
            notes.add(text("%s: Weft does not know %s and goes on without; if ids differ from those of Hugging Face "
                    + "tokenizers, that is why", config.file(), String.join(", ", unknown)));
        }
    }

    private static boolean isSet(JsonNode value) {
        return !value.isNull() && !(value.isBoolean() && !value.asBoolean()) && !(value.isContainerNode()
                && value.isEmpty()) && !(value.isTextual() && value.asText().isEmpty());
    }

    private static void lowering(TokenizerConfig config, String key, JsonNode value, ObjectNode root) {
        List<ObjectNode> found = new ArrayList<>();
        LOWERING.forEach(type -> collect(root.path("normalizer"), type, found));
        boolean lowers = found.stream().anyMatch(each -> each.path("lowercase").asBoolean(true));
        if (value.asBoolean() && !lowers && config.tokenizerClass().equals("BertTokenizer")) {
            refuse(config, key, value);
        }
    }

    private static void refuseTrue(TokenizerConfig config, String key, JsonNode value) {
        if (value.asBoolean()) {
            refuse(config, key, value);
        }
    }

    private static void refuse(TokenizerConfig config, String key, JsonNode value) {
        throw UserError.of(say("%s: %s is %s, which changes the tokens of a text and which Weft does not compute; if "
                + "the model was not made with it, take it out, else make a tokenizer.json of its own with Hugging "
                + "Face transformers", config.file(), key, value));
    }
}
