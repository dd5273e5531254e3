package org.example.weft;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.Rope;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

/**
 * StableLM 2 decoders (Bellagente et al. 2024, arXiv:2402.17834): layer norms, and a quarter of each head rotated; the
 * sequential form, without norms over queries and keys.
 */
public final class StableLm implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("stablelm"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("layer_norm_eps", 1e-5).or("use_qkv_bias", false)
                .or("partial_rotary_factor", 0.25).and("use_parallel_residual", "qk_layernorm");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        config.requireOff("use_parallel_residual");
        config.requireOff("qk_layernorm");
        var shape = config.attentionShape(0);
        var rope = RopeFrequencies.rope(config, shape.headDim(), 0.25, Rope.Pairs.HALVES);
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.number("layer_norm_eps");
        boolean biased = config.flag("use_qkv_bias");
        Weights model = weights.at("model");
        var embedding = model.table("embed_tokens", config.vocabulary(), d);
        var blocks = model.blocks("layers", config.layers(), w -> new PreNormBlock(
                w.layerNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                        w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.layerNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d), w.linear("mlp.up_proj", inner, d),
                        w.linear("mlp.down_proj", d, inner))));
        return weights.causalLm(config, new Embedding.Lookup(embedding), blocks, model.layerNorm("norm", d, epsilon),
                weights.head("lm_head", config, embedding));
    }
}
