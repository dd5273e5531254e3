package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.AttentionShape;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.Rope;
import io.weft.nn.Weight;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.Projection;
import io.weft.nn.block.SandwichBlock;
import java.util.List;
import java.util.Set;

/**
 * Gemma 2 decoders (Gemma Team 2024, arXiv:2408.00118): each sublayer between two norms that scale by 1 + weight,
 * bounded attention scores and logits, every other layer with a sliding window, embeddings times sqrt(width).
 */
final class Gemma2 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("gemma2"); }

    @Override public boolean isTiedByDefault() { return true; }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_activation", "gelu_pytorch_tanh");
        config.requireOff("use_bidirectional_attention");
        var full = config.attentionShape(0).scored(1 / Math.sqrt(config.number("query_pre_attn_scalar", 256)),
                config.softCap("attn_logit_softcapping", 50.0));
        var sliding = full.within(config.integer("sliding_window", 4096));
        boolean[] slides = config.slidingLayers(2);
        var rope = RopeFrequencies.rope(config, full.headDim());
        int d = full.width();
        Weights model = weights.at("model");
        Weight embedding = model.table("embed_tokens", config.vocabulary(), d);
        List<Block> blocks = model.blocks("layers", config.layers(),
                (w, layer) -> block(config, w, slides[layer] ? sliding : full, rope));
        return weights.causalLm(config, new Embedding.Scaled(embedding, Math.sqrt(d)), blocks,
                model.offsetRmsNorm("norm", d, config.normEpsilon()),
                weights.head("lm_head", config, embedding), config.softCap("final_logit_softcapping", 30.0));
    }

    private static Block block(HfConfig config, Weights w, AttentionShape shape, Rope rope) {
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias", false);
        return new SandwichBlock(
                w.offsetRmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.offsetRmsNorm("post_attention_layernorm", d, epsilon),
                w.offsetRmsNorm("pre_feedforward_layernorm", d, epsilon),
                new GatedMlp(Activation.GELU_TANH, w.linear("mlp.gate_proj", inner, d),
                w.linear("mlp.up_proj", inner, d), w.linear("mlp.down_proj", d, inner)),
                w.offsetRmsNorm("post_feedforward_layernorm", d, epsilon));
    }
}
