package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.CausalLm;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

/**
 * Llama 1 to 3 decoders and all that copied them (Touvron et al. 2023, arXiv:2302.13971; Grattafiori et al. 2024,
 * arXiv:2407.21783).
 */
final class Llama implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("llama"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-6).or("attention_bias", false).or("mlp_bias", false);
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0);
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias"), mlpBiased = config.flag("mlp_bias");
        return weights.causalLm(config, w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d, mlpBiased),
                w.linear("mlp.up_proj", inner, d, mlpBiased), w.linear("mlp.down_proj", d, inner, mlpBiased))));
    }
}
