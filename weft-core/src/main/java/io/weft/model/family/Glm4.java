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
import io.weft.nn.block.Projection;
import io.weft.nn.block.SandwichBlock;
import java.util.Set;

/** GLM-4-0414 decoders, as Hugging Face's {@code glm4}: {@link Glm} with a norm after each sublayer, too. */
final class Glm4 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("glm4"); }

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
        return weights.causalLm(config, w -> new SandwichBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_self_attn_layernorm", d, epsilon),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new FusedGatedMlp(Activation.SILU, w.linear("mlp.gate_up_proj", 2 * inner, d),
                w.linear("mlp.down_proj", d, inner)),
                w.rmsNorm("post_mlp_layernorm", d, epsilon)));
    }
}
