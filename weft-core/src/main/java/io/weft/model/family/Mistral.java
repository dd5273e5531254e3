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
 * Mistral dense decoders (Jiang et al. 2023, arXiv:2310.06825): Llama with a sliding attention window where config.json
 * gives one.
 */
final class Mistral implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("mistral"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-6).or("num_key_value_heads", 8)
                .or("sliding_window", 4096).and("layer_types");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0);
        // with layer_types transformers takes the file for a Ministral
        int[] windows = config.windows(layer -> config.has("sliding_window"));
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        return weights.causalLm(config, (w, layer) -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape.within(windows[layer]), rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d),
                        w.linear("self_attn.k_proj", shape.keyValue(), d),
                                w.linear("self_attn.v_proj", shape.keyValue(), d)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d), w.linear("mlp.up_proj", inner, d),
                w.linear("mlp.down_proj", d, inner))));
    }
}
