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
import io.weft.nn.block.PostNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

/**
 * OLMo 2 decoders (OLMo team 2025, arXiv:2501.00656): norms after the sublayers and none before, RMS norms over all of
 * a token's queries and over all of its keys.
 */
final class Olmo2 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("olmo2"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-5).or("attention_bias", false);
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0);
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias");
        return weights.causalLm(config, w -> new PostNormBlock(
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased))
                        .normedWhole(w.rmsNorm("self_attn.q_norm", shape.query(), epsilon),
                        w.rmsNorm("self_attn.k_norm", shape.keyValue(), epsilon)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d), w.linear("mlp.up_proj", inner, d),
                w.linear("mlp.down_proj", d, inner)),
                w.rmsNorm("post_feedforward_layernorm", d, epsilon)));
    }
}
