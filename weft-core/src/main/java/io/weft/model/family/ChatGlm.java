package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.Rope;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.FusedGatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import io.weft.problem.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * ChatGLM2 and ChatGLM3 decoders, and GLM-4 in their form (GLM team 2024, arXiv:2406.12793): few key/value heads, the
 * first half of each head rotated by neighbouring pairs, queries, keys and values in one linear, gate and up projection
 * in another. As the published modeling_chatglm.py computes them.
 */
final class ChatGlm implements Architecture {
    private static final double THETA = 10_000; // a constant of modeling_chatglm.py

    @Override public Set<String> modelTypes() { return Set.of("chatglm"); }

    @Override public Map<String, String> spellings() {
        return Map.of("vocab_size", "padded_vocab_size", "num_hidden_layers", "num_layers", "intermediate_size",
                "ffn_hidden_size", "head_dim", "kv_channels",
                "num_key_value_heads", "multi_query_group_num", "rms_norm_eps", "layernorm_epsilon",
                "max_position_embeddings", "seq_length");
    }

    @Override public FamilyKeys keys() {
        return FamilyKeys.none().and("padded_vocab_size", "hidden_size", "num_layers", "ffn_hidden_size",
                "num_attention_heads", "kv_channels", "multi_query_group_num", "layernorm_epsilon", "seq_length",
                "inner_hidden_size", "position_encoding_2d", "_name_or_path", "rope_ratio", "multi_query_attention")
                .or("add_bias_linear", false).or("add_qkv_bias", false).or("tie_word_embeddings", false)
                .or("rmsnorm", true).or("post_layer_norm", true)
                .or("original_rope", true)
                .and("apply_residual_connection_post_layernorm", "pre_seq_len", "quantization_bit")
                .unused("divides scores by the layer's number and multiplies them by it again",
                "apply_query_key_layer_scaling")
                .unused("of the prefix that pre_seq_len switches on", "prefix_projection")
                .unused("of the classification head", "classifier_dropout");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        refuseWhatIsNotComputed(config);
        var shape = config.attentionShape(0);
        var rope = rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("add_bias_linear"), qkvBiased = biased
                || config.flag("add_qkv_bias");
        Weights transformer = weights.at("transformer"), encoder = transformer.at("encoder");
        var embedding = transformer.embedding("embedding.word_embeddings", config, "transformer.output_layer");
        List<Block> blocks = encoder.blocks("layers", config.layers(), w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                Projection.fused(w.linear("self_attention.query_key_value", shape.query() + 2 * shape.keyValue(), d,
                qkvBiased)),
                        w.linear("self_attention.dense", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new FusedGatedMlp(Activation.SILU, w.linear("mlp.dense_h_to_4h", 2 * inner, d, biased),
                w.linear("mlp.dense_4h_to_h", d, inner, biased))));
        // the published code counts positions from the first token, whatever keys are put before it
        return weights.causalLm(config, new Embedding.Lookup(embedding), blocks,
                encoder.rmsNorm("final_layernorm", d, epsilon), transformer.head("output_layer", config, embedding))
                .unshiftedByPrefixes();
    }

    /**
     * The 32k models stretch by {@code rope_ratio}: ChatGLM2's code divides the positions by it, ChatGLM3's and GLM-4's
     * multiplies theta.
     */
    static Rope rope(HfConfig config, int headDim) {
        double ratio = config.number("rope_ratio", 1);
        // nothing else in config.json tells them apart
        boolean second = config.has("_name_or_path") && config.text("_name_or_path").contains("chatglm2");
        int rotated = headDim / 2;
        return new Rope(second ? RopeFrequencies.linear(RopeFrequencies.plain(THETA, rotated), ratio)
                : RopeFrequencies.plain(THETA * ratio, rotated), Rope.Pairs.NEIGHBOURS);
    }

    private static void refuseWhatIsNotComputed(HfConfig config) {
        if (config.has("inner_hidden_size") || config.has("position_encoding_2d")) {
            throw UserError.of(say("%s: this is the first ChatGLM-6B (it has \"inner_hidden_size\", no "
                    + "\"ffn_hidden_size\"), another model under the same model_type; Weft knows its successors "
                    + "ChatGLM2 and ChatGLM3", config.file()));
        }
        config.requireOn("multi_query_attention", false);
        config.requireOn("rmsnorm", true);
        config.requireOn("post_layer_norm", true);
        config.requireOff("apply_residual_connection_post_layernorm");
        config.requireOn("original_rope", true);
        if (config.has("pre_seq_len") && config.integer("pre_seq_len") != 0) {
            throw config.wrong("pre_seq_len", config.get("pre_seq_len"), say("nothing, as a prefix and its base are "
                    + "two folders here: put the tensors transformer.prefix_encoder.* alone into a file "
                    + "prefix_encoder.safetensors in a folder of its own, and open that with --base DIR"));
        }
        config.requireOff("quantization_bit");
    }
}
