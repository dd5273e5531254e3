package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
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

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-6).or("attention_bias", false).or("head_dim", 256)
                .or("num_key_value_heads", 4).or("tie_word_embeddings", true)
                .or("hidden_activation", "gelu_pytorch_tanh").or("query_pre_attn_scalar", 256)
                .or("sliding_window", 4096).or("attn_logit_softcapping", 50.0).or("final_logit_softcapping", 30.0)
                .and("layer_types", "use_bidirectional_attention")
                .unused("transformers reads hidden_activation", "hidden_act");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_activation", "gelu_pytorch_tanh");
        config.requireOff("use_bidirectional_attention");
        var full = config.attentionShape(0).scored(1 / Math.sqrt(config.number("query_pre_attn_scalar")),
                config.softCap("attn_logit_softcapping"));
        int[] windows = config.windows(layer -> (layer + 1) % 2 != 0);
        var rope = RopeFrequencies.rope(config, full.headDim());
        int d = full.width();
        Weights model = weights.at("model");
        Weight embedding = model.embedding("embed_tokens", config, "lm_head");
        List<Block> blocks = model.blocks("layers", config.layers(),
                (w, layer) -> block(config, w, full.within(windows[layer]), rope));
        return weights.causalLm(config, new Embedding.Scaled(embedding, Math.sqrt(d)), blocks,
                model.offsetRmsNorm("norm", d, config.normEpsilon()),
                weights.head("lm_head", config, embedding), config.softCap("final_logit_softcapping"));
    }

    private static Block block(HfConfig config, Weights w, AttentionShape shape, Rope rope) {
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias");
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
