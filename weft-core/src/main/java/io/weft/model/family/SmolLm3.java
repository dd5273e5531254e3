package io.weft.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.CausalLm;
import io.weft.nn.Rope;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * SmolLM3 decoders (Hugging Face 2025): Llama in which every fourth layer rotates nothing, so that it sees what tokens
 * are and not where (Yang et al. 2025, arXiv:2501.18795).
 */
final class SmolLm3 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("smollm3"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(2_000_000).or("rms_norm_eps", 1e-6).or("attention_bias", false).or("mlp_bias", false)
                .or("num_key_value_heads", 4).or("tie_word_embeddings", true).or("no_rope_layer_interval", 4)
                .or("use_sliding_window", false).and("no_rope_layers", "sliding_window", "layer_types")
                .unused("Qwen's key, which its published files hold and its code does not read", "max_window_layers");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0);
        boolean slides = config.flag("use_sliding_window") && config.has("sliding_window");
        int[] windows = config.windows(layer -> slides && !rotates(config, layer));
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias"), mlpBiased = config.flag("mlp_bias");
        return weights.causalLm(config, (w, layer) -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape.within(windows[layer]), rotates(config, layer) ? rope : Rope.NONE,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d, mlpBiased),
                w.linear("mlp.up_proj", inner, d, mlpBiased), w.linear("mlp.down_proj", d, inner, mlpBiased))));
    }

    /** {@code no_rope_layers} says 1 for the layers that do rotate. */
    private static boolean rotates(HfConfig config, int layer) {
        JsonNode rotating = config.get("no_rope_layers");
        if (!config.has("no_rope_layers")) {
            return (layer + 1) % config.positive("no_rope_layer_interval") != 0;
        }
        if (rotating.size() != config.layers()) {
            throw config.wrong("no_rope_layers", rotating, say("a list of %d, one for each layer", config.layers()));
        }
        return rotating.path(layer).asInt() != 0;
    }
}
