package io.weft.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.model.Architecture;
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

    @Override public boolean isTiedByDefault() { return true; }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_act", "silu");
        config.requireOff("use_sliding_window");
        var shape = config.attentionShape(0);
        var rope = RopeFrequencies.rope(config, shape.headDim(), 2_000_000);
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias", false), mlpBiased = config.flag("mlp_bias", false);
        return weights.causalLm(config, (w, layer) -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rotates(config, layer) ? rope : Rope.NONE,
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
            return (layer + 1) % config.positive("no_rope_layer_interval", 4) != 0;
        }
        if (rotating.size() != config.layers()) {
            throw config.wrong("no_rope_layers", rotating, say("a list of %d, one for each layer", config.layers()));
        }
        return rotating.path(layer).asInt() != 0;
    }
}
