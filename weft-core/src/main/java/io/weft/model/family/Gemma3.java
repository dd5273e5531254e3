package io.weft.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
 * Gemma 3 decoders for text (Gemma Team 2025, arXiv:2503.19786): Gemma 2 with norms on each head's query and key in
 * place of bounded scores, and rotations of their own for the layers with a sliding window, five of six.
 */
final class Gemma3 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("gemma3_text"); }

    @Override public boolean isTiedByDefault() { return true; }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_activation", "gelu_pytorch_tanh");
        config.requireOff("use_bidirectional_attention");
        config.requireOff("attn_logit_softcapping"); // transformers ignores it, so nobody knows what it should do
        var full = config.attentionShape(0).scored(1 / Math.sqrt(config.number("query_pre_attn_scalar", 256)), null);
        var sliding = full.within(config.integer("sliding_window", 4096));
        boolean[] slides = config.slidingLayers(config.integer("sliding_window_pattern", 6));
        Rope far = rope(config, HfConfig.FULL, "rope_theta", 1_000_000, full.headDim()),
                near = rope(config, HfConfig.SLIDING, "rope_local_base_freq", 10_000, full.headDim());
        int d = full.width();
        Weights model = weights.at("model");
        Weight embedding = model.table("embed_tokens", config.vocabulary(), d);
        List<Block> blocks = model.blocks("layers", config.layers(), (w, layer) -> slides[layer]
                ? block(config, w, sliding, near) : block(config, w, full, far));
        return weights.causalLm(config, new Embedding.Scaled(embedding, Math.sqrt(d)), blocks,
                model.offsetRmsNorm("norm", d, config.normEpsilon()),
                weights.head("lm_head", config, embedding), config.softCap("final_logit_softcapping", null));
    }

    /**
     * Each kind of layer has parameters of its own in transformers 5; before, {@code rope_scaling} was for the full
     * ones alone.
     */
    private static Rope rope(HfConfig config, String layers, String thetaKey, double theta, int headDim) {
        JsonNode old = layers.equals(HfConfig.FULL) ? config.get("rope_scaling") : MissingNode.getInstance();
        JsonNode parameters = config.has("rope_parameters") ? config.get("rope_parameters").path(layers) : old;
        return new Rope(RopeFrequencies.of(config, parameters, headDim, config.number(thetaKey, theta)),
                Rope.Pairs.HALVES);
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
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased))
                        .normed(w.offsetRmsNorm("self_attn.q_norm", shape.headDim(), epsilon),
                        w.offsetRmsNorm("self_attn.k_norm", shape.headDim(), epsilon)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.offsetRmsNorm("post_attention_layernorm", d, epsilon),
                w.offsetRmsNorm("pre_feedforward_layernorm", d, epsilon),
                new GatedMlp(Activation.GELU_TANH, w.linear("mlp.gate_proj", inner, d),
                w.linear("mlp.up_proj", inner, d), w.linear("mlp.down_proj", d, inner)),
                w.offsetRmsNorm("post_feedforward_layernorm", d, epsilon));
    }
}
