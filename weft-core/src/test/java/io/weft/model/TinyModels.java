package io.weft.model;

import io.weft.data.Example;
import io.weft.model.family.Architectures;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Real models of two narrow layers, of every family, with weights from a seed. */
public final class TinyModels {
    public static final int VOCABULARY = 97;
    private static final String USUAL = """
            "vocab_size": %d, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, \
            "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0, "max_position_embeddings": 128, "initializer_range": 0.2""".formatted(VOCABULARY);
    /** The config.json of each family but its model_type. */
    private static final Map<String, String> CONFIGS = Map.ofEntries(
            Map.entry("llama", USUAL + ", \"tie_word_embeddings\": true"),
            Map.entry("qwen2", USUAL + ", \"tie_word_embeddings\": true"),
            Map.entry("qwen3", USUAL + ", \"tie_word_embeddings\": true"),
            Map.entry("mistral", USUAL + ", \"sliding_window\": 6"),
            Map.entry("chatglm", """
                    "padded_vocab_size": %d, "hidden_size": 32, "ffn_hidden_size": 48, "num_layers": 2, \
                    "num_attention_heads": 4, "multi_query_group_num": 2, "kv_channels": 16, "seq_length": 128,
                    "layernorm_epsilon": 1e-5, "multi_query_attention": true, "add_qkv_bias": true, \
                    "initializer_range": 0.2""".formatted(VOCABULARY)),
            Map.entry("glm", USUAL + ", \"partial_rotary_factor\": 0.5"),
            Map.entry("glm4", USUAL + ", \"partial_rotary_factor\": 0.5"),
            Map.entry("phi3", USUAL + ", \"partial_rotary_factor\": 0.75, \"sliding_window\": 6"),
            Map.entry("gemma2", USUAL + ", \"sliding_window\": 6, \"query_pre_attn_scalar\": 24, "
            + "\"attn_logit_softcapping\": 2.0, \"final_logit_softcapping\": 1.5"),
            Map.entry("gemma3_text", USUAL + ", \"sliding_window\": 6, \"query_pre_attn_scalar\": 24, "
            + "\"sliding_window_pattern\": 2, \"rope_local_base_freq\": 100.0"),
            Map.entry("gpt2",
            ("\"vocab_size\": %d, \"n_embd\": 32, \"n_layer\": 2, \"n_head\": 4, \"n_positions\": 128, "
            + "\"initializer_range\": 0.2").formatted(VOCABULARY)),
            Map.entry("mixtral", USUAL
            + ", \"sliding_window\": 6, \"num_local_experts\": 4, \"num_experts_per_tok\": 2"),
            Map.entry("qwen3_moe", USUAL
            + ", \"sliding_window\": 6, \"num_experts\": 3, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": "
            + "24, \"norm_topk_prob\": true"),
            Map.entry("olmo2", USUAL),
            Map.entry("granite", USUAL + ", \"embedding_multiplier\": 3.0, \"attention_multiplier\": 0.2, "
            + "\"residual_multiplier\": 0.4, \"logits_scaling\": 2.0"),
            Map.entry("smollm3", USUAL + ", \"no_rope_layers\": [1, 0]"));

    private TinyModels() {}

    /** Every model_type that Weft knows. */
    public static List<String> families() {
        return Architectures.all().stream().flatMap(family -> family.modelTypes().stream().sorted()).toList();
    }

    /** @param family a model_type */
    public static CausalLm of(String family) { return of(family, List.of()); }

    /** @param labels that a head for rows tells apart; none for a head for tokens */
    public static CausalLm of(String family, List<String> labels) {
        try {
            Path folder = Files.createTempDirectory("tiny");
            ModelFolder described = folder(family, folder);
            CausalLm model = shaken((labels.isEmpty() ? described
                    : described.telling(labels, 11, OptionalInt.empty())).initialise(11));
            Files.delete(folder.resolve("config.json"));
            Files.delete(folder);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model with norms and biases that do something: a seed makes them ones and zeros. */
    static CausalLm shaken(CausalLm model) {
        Scope.run(() -> model.weights().forEach((name, weight) -> {
            if (weight.shape().length == 1) {
                weight.stored().copyFrom(weight.stored()
                        .add(RandomStream.of(name.hashCode()).normal(0.2, weight.shape())));
            }
        }));
        return model;
    }

    /** A folder with the family's config.json and no weights. */
    public static ModelFolder folder(String family, Path folder) {
        if (!CONFIGS.containsKey(family)) {
            throw new AssertionError("TinyModels has no config of the family " + family + ": give it a line");
        }
        return folder(family, folder, CONFIGS.get(family));
    }

    /** @param config the members of config.json but its model_type */
    public static ModelFolder folder(String family, Path folder, String config) {
        try {
            Files.writeString(Files.createDirectories(folder).resolve("config.json"),
                    "{\"model_type\": \"" + family + "\", " + config + "}");
            return ModelFolder.open(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A document of {@code length} tokens whose last {@code trained} but one are trained. */
    public static Example example(int length, int trained) {
        int[] ids = new int[length];
        Arrays.setAll(ids, i -> (i * 37 + length * 11) % VOCABULARY);
        boolean[] flags = new boolean[length];
        Arrays.fill(flags, length - 1 - trained, length - 1, true);
        return new Example(ids, flags);
    }
}
