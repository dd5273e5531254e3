package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.FamilyKeys;
import io.weft.model.HfConfig;
import io.weft.model.Weights;
import io.weft.nn.AttentionShape;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Embedding;
import io.weft.nn.Rope;
import io.weft.nn.Weight;
import io.weft.nn.block.Activation;
import io.weft.nn.block.Attention;
import io.weft.nn.block.Mlp;
import io.weft.nn.block.PreNormBlock;
import io.weft.nn.block.Projection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * GPT-2 (Radford et al. 2019): learned positions, layer norms, biases, and weights stored the other way round. The
 * first checkpoints leave the prefix "transformer." out and hold their causal masks. The dropout of {@code resid_pdrop}
 * and its like is that of pre-training and is not drawn.
 */
final class Gpt2 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("gpt2"); }

    @Override public Map<String, String> spellings() {
        return Map.of("hidden_size", "n_embd", "num_hidden_layers", "n_layer", "num_attention_heads", "n_head",
                "max_position_embeddings", "n_positions");
    }

    @Override public FamilyKeys keys() {
        return FamilyKeys.none().and("vocab_size", "n_embd", "n_layer", "n_head", "n_positions", "n_inner")
                .or("activation_function", "gelu_new").or("layer_norm_epsilon", 1e-5).or("scale_attn_weights", true)
                .or("tie_word_embeddings", true).and("scale_attn_by_inverse_layer_idx", "add_cross_attention")
                .unused("n_positions is read; n_ctx was its first name", "n_ctx")
                .unused("the same in a higher precision", "reorder_and_upcast_attn");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        // names of one function
        config.requireText("activation_function", "gelu_new", "gelu_pytorch_tanh", "gelu_fast");
        config.requireOff("scale_attn_by_inverse_layer_idx");
        config.requireOff("add_cross_attention");
        int d = config.width(), heads = config.divisorOf(d, "num_attention_heads");
        var plain = new AttentionShape(d, heads, heads, d / heads, 0);
        var shape = config.flag("scale_attn_weights") ? plain : plain.scored(1, null);
        int inner = config.positive("n_inner", 4 * d);
        double epsilon = config.number("layer_norm_epsilon");
        Weights model = weights.atOrWithout("transformer", "wte.weight");
        Weight embedding = model.embedding("wte", config, "lm_head"),
                places = model.table("wpe", config.integer("max_position_embeddings"), d);
        List<Block> blocks = model.blocks("h", config.layers(), w -> {
            w.skip("attn.bias");
            w.skip("attn.masked_bias");
            return new PreNormBlock(
                    w.layerNorm("ln_1", d, epsilon),
                    new Attention(shape, Rope.NONE, Projection.fused(w.transposedLinear("attn.c_attn", 3 * d, d)),
                    w.transposedLinear("attn.c_proj", d, d)),
                    w.layerNorm("ln_2", d, epsilon),
                    new Mlp(Activation.GELU_TANH, w.transposedLinear("mlp.c_fc", inner, d),
                    w.transposedLinear("mlp.c_proj", d, inner)));
        });
        return model.causalLm(config, new Embedding.Placed(embedding, places), blocks,
                model.layerNorm("ln_f", d, epsilon), weights.head("lm_head", config, embedding));
    }
}
