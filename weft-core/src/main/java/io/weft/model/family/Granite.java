package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.AttentionShape;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.LogitTransform;
import io.weft.nn.Rope;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

/**
 * Granite 3 dense decoders (Granite team 2024): Llama with factors of embeddings, attention scores, what sublayers add,
 * and logits, which keep sizes alike in models of any width (Yang et al. 2022, arXiv:2203.03466).
 */
final class Granite implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("granite"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-6).or("attention_bias", false).or("mlp_bias", false)
                .or("embedding_multiplier", 1).or("logits_scaling", 1).or("residual_multiplier", 1)
                .or("attention_multiplier", 1);
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(0).scored(config.number("attention_multiplier"), null);
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width();
        Weights model = weights.at("model");
        var embedding = model.embedding("embed_tokens", config, "lm_head");
        var blocks = model.blocks("layers", config.layers(), w -> block(config, w, shape, rope));
        return weights.causalLm(config, new Embedding.Multiplied(embedding, config.number("embedding_multiplier")),
                blocks, model.rmsNorm("norm", d, config.normEpsilon()), weights.head("lm_head", config, embedding),
                new LogitTransform.Scaled(1 / config.number("logits_scaling")));
    }

    private static PreNormBlock block(HfConfig config, Weights w, AttentionShape shape, Rope rope) {
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias"), mlpBiased = config.flag("mlp_bias");
        return new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new GatedMlp(Activation.SILU, w.linear("mlp.gate_proj", inner, d, mlpBiased),
                w.linear("mlp.up_proj", inner, d, mlpBiased), w.linear("mlp.down_proj", d, inner, mlpBiased)),
                config.number("residual_multiplier"));
    }
}
