package io.weft.train;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AdamWTest {
    @Test void biasesAndNormsDoNotDecay() {
        for (String name : new String[] {"model.layers.0.input_layernorm.weight", "model.norm.weight",
                "model.layers.0.self_attn.q_norm.weight", "transformer.h.0.attn.c_attn.bias",
                "transformer.h.0.ln_1.weight", "transformer.ln_f.weight", "transformer.ln_f.bias",
                "model.layers.0.post_feedforward_layernorm.weight"}) {
            assertThat(AdamW.decays(name)).as(name).isFalse();
        }
        for (String name : new String[] {"transformer.h.0.attn.c_attn.weight", "transformer.wpe.weight",
                "lm_head.weight", "model.layers.0.block_sparse_moe.gate.weight",
                "model.layers.0.mlp.gate_proj.lora_A.weight"}) {
            assertThat(AdamW.decays(name)).as(name).isTrue();
        }
    }
}
