package io.weft.model.family;

import io.weft.model.Architecture;
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
 * Mistral dense decoders (Jiang et al. 2023, arXiv:2310.06825): Llama with a sliding attention window where config.json
 * gives one.
 */
final class Mistral implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("mistral"); }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_act", "silu");
        var shape = config.attentionShape(config.integer("sliding_window", 0));
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        return weights.causalLm(config, w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d),
                        w.linear("self_attn.k_proj", shape.keyValue(), d),
                                w.linear("self_attn.v_proj", shape.keyValue(), d)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d), w.linear("mlp.up_proj", inner, d),
                w.linear("mlp.down_proj", d, inner))));
    }
}
