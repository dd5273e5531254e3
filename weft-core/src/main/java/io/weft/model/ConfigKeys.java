package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.weft.problem.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The keys of config.json that concern no family alone: those that change nothing here, with the reason, and those
 * under which Python computes something that Weft does not.
 */
public final class ConfigKeys {
    /** Why keys change nothing, and the keys. */
    private record Harmless(String reason, List<String> keys) {
        static Harmless of(String reason, String keys) {
            return new Harmless(reason, Arrays.asList(keys.split("\\s+")));
        }
    }

    private static final Set<String> HARMLESS = Stream.of(
            Harmless.of("what the file is and who wrote it", "model_type architectures auto_map transformers_version "
                    + "_name_or_path name_or_path _commit_hash transformers.js_config unsloth_version unsloth_fixed "
                    + "_unsloth_fixed is_llama_config license model_name"),
            Harmless.of("read by isNf4", "quantization_config"),
            Harmless.of("how Python computes, not what", "use_cache gradient_checkpointing torchscript "
                    + "_attn_implementation attn_implementation _attn_implementation_autoset "
                    + "_attn_implementation_internal _experts_implementation use_flash_attn _flash_attn_2_enabled "
                    + "pretraining_tp chunk_size_feed_forward return_dict use_return_dict "
                    + "output_attentions output_hidden_states "
                    + "use_bfloat16 tf_legacy_loss cache_implementation use_cache_quantization fp32 fp16 bf16 "
                    + "residual_in_fp32 attention_softmax_in_fp32 fp32_residual_connection bias_dropout_fusion"),
            Harmless.of("the type is the stored weights' own; train.precision is what is computed in",
                    "dtype torch_dtype"),
            Harmless.of("dropout of pre-training: Weft draws the tuning method's and no other", "attention_dropout "
                    + "hidden_dropout attn_pdrop resid_pdrop embd_pdrop residual_dropout embedding_dropout dropout "
                    + "attention_dropout_prob hidden_dropout_prob ffn_dropout"),
            Harmless.of("the start of new weights, which ModelFolder.initialise reads", "initializer_range"),
            Harmless.of("of a head for rows, which RowHead reads, and of heads of other tasks", "id2label label2id "
                    + "num_labels _num_labels problem_type finetuning_task "
                    + "task_specific_params classifier_dropout summary_type summary_use_proj summary_activation "
                    + "summary_proj_to_labels summary_first_dropout"),
            Harmless.of("tokens: eos_token_id is read by ModelFolder.endIds, the others are the tokenizer's",
                    "eos_token_id bos_token_id pad_token_id unk_token_id sep_token_id cls_token_id mask_token_id "
                    + "decoder_start_token_id tokenizer_class prefix model_max_length "
                    + "max_sequence_length"),
            Harmless.of("another kind of model", "is_decoder is_encoder_decoder cross_attention_hidden_size "
                    + "tie_encoder_decoder"),
            Harmless.of("settings of generate(), which transformers 5 passes over here and takes from "
                    + "generation_config.json", "max_length max_new_tokens min_length do_sample early_stopping "
                    + "num_beams num_beam_groups diversity_penalty temperature top_k top_p min_p typical_p "
                    + "repetition_penalty length_penalty no_repeat_ngram_size "
                    + "encoder_no_repeat_ngram_size bad_words_ids "
                    + "num_return_sequences output_scores return_dict_in_generate forced_bos_token_id "
                    + "forced_eos_token_id remove_invalid_values exponential_decay_length_penalty suppress_tokens "
                    + "begin_suppress_tokens"))
            .flatMap(harmless -> harmless.keys().stream()).collect(Collectors.toUnmodifiableSet());

    /** What transformers says of quantised weights under. */
    public static final String QUANTISED = "quantization_config";

    private ConfigKeys() {}

    static boolean passesOver(String key) { return HARMLESS.contains(key); }

    /** @throws UserError naming the key under which Python computes what Weft does not */
    public static void refuseWhatIsNotComputed(HfConfig config) {
        JsonNode root = config.json();
        refuseQuantised(config, root);
        if (root.has("is_causal") && !(root.path("is_causal").isBoolean() && root.path("is_causal").asBoolean())) {
            throw config.wrong("is_causal", root.path("is_causal"),
                    say("true: Weft computes decoders, whose tokens see what is before them"));
        }
        for (String key : List.of("per_layer_config", "text_config", "transformers_weights", "pruned_heads")) {
            if (root.hasNonNull(key) && !(root.path(key).isContainerNode() && root.path(key).isEmpty())) {
                throw config.wrong(key, root.path(key), say("nothing, as Weft does not compute it"));
            }
        }
    }

    /**
     * The keys that are set to something and that neither the family nor Weft knows: nobody reads them, so nobody can
     * say what they would change. Those of a rotation are named {@code rope_scaling.factor}.
     */
    public static Set<String> unknown(HfConfig config) {
        Set<String> unknown = new TreeSet<>();
        config.json().properties().forEach(entry -> {
            String key = entry.getKey();
            boolean isSet = !entry.getValue().isNull() && !entry.getValue().equals(BooleanNode.FALSE);
            if (isSet && !config.keys().obeys(key) && !config.keys().obeys(config.spelt(key))
                    && !config.keys().passesOver(key) && !passesOver(key)) {
                unknown.add(key);
            }
        });
        unknown.addAll(RopeFrequencies.unusedKeys(config));
        return unknown;
    }

    private static void refuseQuantised(HfConfig config, JsonNode root) {
        for (String key : List.of(QUANTISED, "compression_config", "quantization")) {
            if (root.hasNonNull(key) && !(key.equals(QUANTISED) && isNf4(config))) {
                throw UserError.of(say("%s: \"%s\" says that the weights are quantised (%s); Weft reads weights that "
                        + "are stored as F32, BF16, F16 or F64, or by bitsandbytes as NF4. Take the model's folder "
                        + "that is not quantised (often "
                        + "the same name without the ending), or, where these weights are not quantised, remove the "
                        + "key", config.file(), key, method(root.path(key))));
            }
        }
    }

    /** Whether config.json says that weights are stored in NF4 as bitsandbytes does. */
    public static boolean isNf4(HfConfig config) {
        JsonNode said = config.json().path(QUANTISED);
        return said.path("load_in_4bit").asBoolean() && !said.path("load_in_8bit").asBoolean()
                && said.path("quant_method").asText("bitsandbytes").equals("bitsandbytes")
                && said.path("bnb_4bit_quant_type").asText().equals("nf4")
                && said.path("bnb_4bit_quant_storage").asText("uint8").equals("uint8");
    }

    /** E.g. {@code fp8}, {@code bitsandbytes, 4 bits}. */
    private static String method(JsonNode quantised) {
        if (!quantised.isObject()) {
            return quantised.toString();
        }
        Set<String> words = new TreeSet<>();
        for (String key : List.of("quant_method", "quant_type", "format", "bnb_4bit_quant_type", "fmt", "mode")) {
            if (quantised.path(key).isTextual()) {
                words.add(quantised.path(key).asText());
            }
        }
        int bits = quantised.path("load_in_4bit").asBoolean() ? 4 : quantised.path("load_in_8bit").asBoolean() ? 8
                : quantised.path("bits").asInt(quantised.path("w_bit").asInt());
        if (bits > 0) {
            words.add(say("%d bits", bits));
        }
        return words.isEmpty() ? quantised.toString() : String.join(", ", words);
    }
}
