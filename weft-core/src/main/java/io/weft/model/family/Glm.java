package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.CausalLm;
import io.weft.nn.Rope;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.FusedGatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

/**
 * GLM-4-9B decoders in Hugging Face's form (GLM team 2024, arXiv:2406.12793): half of each head rotated by neighbouring
 * pairs, gate and up projection in one linear.
 */
final class Glm implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("glm"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1.5625e-7).or("attention_bias", true).or("head_dim", 128)
                .or("num_key_value_heads", 2).or("partial_rotary_factor", 0.5);
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0);
        var rope = RopeFrequencies.rope(config, shape.headDim(), 0.5, Rope.Pairs.NEIGHBOURS);
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias");
        return weights.causalLm(config, w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new FusedGatedMlp(Activation.SILU, w.linear("mlp.gate_up_proj", 2 * inner, d),
                w.linear("mlp.down_proj", d, inner))));
    }
}
