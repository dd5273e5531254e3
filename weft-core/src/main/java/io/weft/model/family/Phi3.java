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
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Phi-3 and Phi-4 decoders (Abdin et al. 2024, arXiv:2404.14219): queries, keys and values in one linear, gate and up
 * projection in another; some rotate a part of each head only.
 */
final class Phi3 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("phi3"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(10_000).or("rms_norm_eps", 1e-5).or("original_max_position_embeddings", 4096)
                .and("sliding_window", "partial_rotary_factor")
                .unused("of Phi-4-mini's files; transformers' code does not read them", "interpolate_factor",
                "full_attn_mod");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireSilu();
        var shape = config.attentionShape(config.windowOrNone());
        requireItsRotation(config);
        var rope = RopeFrequencies.rope(config, shape.headDim(), 1, Rope.Pairs.HALVES);
        int d = shape.width(), inner = config.integer("intermediate_size");
        double epsilon = config.normEpsilon();
        return weights.causalLm(config, w -> new PreNormBlock(
                w.rmsNorm("input_layernorm", d, epsilon),
                new Attention(shape, rope,
                Projection.fused(w.linear("self_attn.qkv_proj", shape.query() + 2 * shape.keyValue(), d)),
                w.linear("self_attn.o_proj", d, shape.query())),
                w.rmsNorm("post_attention_layernorm", d, epsilon),
                new FusedGatedMlp(Activation.SILU, w.linear("mlp.gate_up_proj", 2 * inner, d),
                w.linear("mlp.down_proj", d, inner))));
    }

    /** transformers takes yarn for longrope here, and refuses all others. */
    private static void requireItsRotation(HfConfig config) {
        var parameters = RopeFrequencies.parameters(config);
        if (!Set.of("default", "longrope").contains(RopeFrequencies.type(config, parameters))) {
            throw config.wrong(parameters.key(), parameters.json(), say("a rope_type of default or longrope"));
        }
    }
}
