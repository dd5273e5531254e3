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
import io.weft.nn.block.SparseExperts;
import java.util.Set;
import java.util.stream.IntStream;

/** Mixtral decoders (Jiang et al. 2024, arXiv:2401.04088): Mistral with a mixture of experts in each layer. */
final class Mixtral implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("mixtral"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(1_000_000).or("rms_norm_eps", 1e-5).or("num_key_value_heads", 8)
                .or("num_experts_per_tok", 2).and("num_experts", "num_local_experts", "sliding_window",
                "output_router_logits", "router_jitter_noise")
                .unused("a factor of the router's balance loss, which is not computed", "router_aux_loss_coef");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        config.requireOff("output_router_logits"); // with it transformers adds the router's balance loss
        config.requireOff("router_jitter_noise");
        var shape = config.attentionShape(config.windowOrNone());
        var rope = RopeFrequencies.rope(config, shape.headDim());
        int d = shape.width();
        double epsilon = config.normEpsilon();
        return weights.causalLm(config, w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                        Projection.separate(w.linear("self_attn.q_proj", shape.query(), d),
                        w.linear("self_attn.k_proj", shape.keyValue(), d),
                                w.linear("self_attn.v_proj", shape.keyValue(), d)),
                        w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                experts(config, w.at("block_sparse_moe"))));
    }

    private static SparseExperts experts(HfConfig config, Weights w) {
        int d = config.width(), inner = config.integer("intermediate_size"),
                count = config.positive(config.has("num_experts") ? "num_experts" : "num_local_experts");
        return new SparseExperts(w.linear("gate", count, d), config.integerUpTo("num_experts_per_tok", count), true,
                IntStream.range(0, count).mapToObj(i -> w.at("experts." + i))
                .map(e -> new GatedMlp(Activation.SILU, e.linear("w1", inner, d), e.linear("w3", inner, d),
                e.linear("w2", d, inner))).toList());
    }
}
