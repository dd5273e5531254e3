package io.weft.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

import static io.weft.problem.Language.say;

/**
 * Gemma 3 decoders for text (Gemma Team 2025, arXiv:2503.19786): Gemma 2 with norms on each head's query and key in
 * place of bounded scores, and rotations of their own for the layers with a sliding window, five of six.
 */
final class Gemma3 implements Architecture {
    @Override public Set<String> modelTypes() { return Set.of("gemma3_text"); }

    @Override public FamilyKeys keys() {
        return FamilyKeys.decoder(1_000_000).or("rms_norm_eps", 1e-6).or("attention_bias", false).or("head_dim", 256)
                .or("num_key_value_heads", 4).or("tie_word_embeddings", true)
                .or("hidden_activation", "gelu_pytorch_tanh").or("query_pre_attn_scalar", 256)
                .or("sliding_window", 4096).or("sliding_window_pattern", 6).or("rope_local_base_freq", 10_000)
                .and("layer_types", "use_bidirectional_attention", "attn_logit_softcapping",
                "final_logit_softcapping")
                .unused("transformers reads hidden_activation", "hidden_act")
                .unused("where transformers keeps the pattern that layer_types came from", "_sliding_window_pattern");
    }

    @Override public CausalLm build(HfConfig config, Weights weights) {
        config.requireText("hidden_activation", "gelu_pytorch_tanh");
        config.requireOff("use_bidirectional_attention");
        config.requireOff("attn_logit_softcapping"); // transformers ignores it, so nobody knows what it should do
        var full = config.attentionShape(0).scored(1 / Math.sqrt(config.number("query_pre_attn_scalar")), null);
        int[] windows = config.windows(layer -> (layer + 1) % config.positive("sliding_window_pattern") != 0);
        Rope far = RopeFrequencies.rope(config, rotation(config, HfConfig.FULL, "rope_theta"), full.headDim()),
                near = RopeFrequencies.rope(config, rotation(config, HfConfig.SLIDING, "rope_local_base_freq"),
                full.headDim());
        int d = full.width();
        Weights model = weights.at("model");
        Weight embedding = model.embedding("embed_tokens", config, "lm_head");
        List<Block> blocks = model.blocks("layers", config.layers(), (w, layer) ->
                block(config, w, full.within(windows[layer]), windows[layer] > 0 ? near : far));
        return weights.causalLm(config, new Embedding.Scaled(embedding, Math.sqrt(d)), blocks,
                model.offsetRmsNorm("norm", d, config.normEpsilon()),
                weights.head("lm_head", config, embedding), config.softCap("final_logit_softcapping"));
    }

    /**
     * Each kind of layers has parameters of its own in transformers 5; before, {@code rope_scaling} was for the full
     * ones alone.
     */
    private static RopeFrequencies.Parameters rotation(HfConfig config, String layers, String thetaKey) {
        String key = "rope_parameters";
        JsonNode nested = RopeFrequencies.object(config, key, config.get(key)),
                scaling = RopeFrequencies.object(config, "rope_scaling", config.get("rope_scaling"));
        nested.fieldNames().forEachRemaining(name -> {
            if (!name.equals(HfConfig.FULL) && !name.equals(HfConfig.SLIDING)) {
                throw config.wrong(key, nested, say("parameters under %s and under %s", HfConfig.FULL,
                        HfConfig.SLIDING));
            }
        });
        if (scaling.has("type") && !scaling.has("rope_type")) { // transformers takes it for the default
            throw config.wrong("rope_scaling", scaling, say("\"rope_type\" in place of \"type\""));
        }
        if (layers.equals(HfConfig.SLIDING) || scaling.isMissingNode()) {
            JsonNode own = RopeFrequencies.object(config, key + "." + layers, nested.path(layers));
            return new RopeFrequencies.Parameters(key + "." + layers, own, thetaKey, true);
        }
        ObjectNode both = nested.path(layers).isObject() ? nested.path(layers).deepCopy()
                : JsonNodeFactory.instance.objectNode();
        return new RopeFrequencies.Parameters("rope_scaling", both.setAll((ObjectNode) scaling), thetaKey, true);
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
