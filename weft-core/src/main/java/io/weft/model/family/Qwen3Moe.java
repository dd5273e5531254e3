package io.weft.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.RopeFrequencies;
import io.weft.model.Weights;
import io.weft.nn.CausalLm;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.FeedForward;
import io.weft.nn.block.GatedMlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import io.weft.nn.block.SparseExperts;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Qwen3 mixtures of experts (arXiv:2505.09388): Qwen3 with a mixture of many narrow experts in some or all layers. */
final class Qwen3Moe implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("qwen3_moe"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-6).or("attention_bias", false)
                .or("num_key_value_heads", 4).or("use_sliding_window", false).or("sliding_window", 4096)
                .or("moe_intermediate_size", 768).or("num_experts", 128).or("num_experts_per_tok", 8)
                .or("norm_topk_prob", false).or("decoder_sparse_step", 1)
                .and("num_local_experts", "mlp_only_layers", "output_router_logits")
                .unused("all layers slide or none does", "max_window_layers")
                .unused("a factor of the router's balance loss, which is not computed", "router_aux_loss_coef");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        config.requireOff("output_router_logits"); // with it transformers adds the router's balance loss
        var shape = config.attentionShape(config.flag("use_sliding_window") ? config.windowOrNone() : 0);
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width();
        double epsilon = config.normEpsilon();
        boolean biased = config.flag("attention_bias");
        return weights.causalLm(config, (w, layer) -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d, biased),
                        w.linear("self_attn.k_proj", shape.keyValue(), d, biased),
                                w.linear("self_attn.v_proj", shape.keyValue(), d, biased))
                        .normed(w.rmsNorm("self_attn.q_norm", shape.headDim(), epsilon),
                        w.rmsNorm("self_attn.k_norm", shape.headDim(), epsilon)),
                        w.linear("self_attn.o_proj", d, shape.query(), biased)),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                feedForward(config, w.at("mlp"), layer)));
    }

    /**
     * A layer that {@code mlp_only_layers} names, or that is none of each {@code decoder_sparse_step}th, has one
     * feed-forward layer of the full width.
     */
    private static FeedForward feedForward(HfConfig config, Weights w, int layer) {
        JsonNode dense = config.get("mlp_only_layers");
        boolean sparse = StreamSupport.stream(dense.spliterator(), false).noneMatch(index -> index.asInt(-1) == layer)
                && (layer + 1) % config.positive("decoder_sparse_step") == 0;
        if (!sparse) {
            return mlp(w, config.integer("intermediate_size"), config.width());
        }
        int count = config.positive(config.has("num_local_experts") ? "num_local_experts" : "num_experts"),
                inner = config.integer("moe_intermediate_size");
        return new SparseExperts(w.linear("gate", count, config.width()),
                config.integerUpTo("num_experts_per_tok", count), config.flag("norm_topk_prob"),
                IntStream.range(0, count).mapToObj(i -> mlp(w.at("experts." + i), inner, config.width())).toList());
    }

    private static GatedMlp mlp(Weights w, int inner, int d) {
        return new GatedMlp(Activation.SILU, w.linear("gate_proj", inner, d), w.linear("up_proj", inner, d),
                w.linear("down_proj", d, inner));
    }
}
