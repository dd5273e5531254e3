package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.golden.Golden;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.AttentionShape;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.nn.Rope;
import io.weft.nn.LogitTransform.SoftCap;
import io.weft.nn.block.AttentionBlock;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a config.json leaves out, says in an older way, or asks for in vain. */
class ConfigRulesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;

    @Test void olderFilesGiveTheKindsOfLayersByARule() {
        Scope.run(() -> {
            assertThat(windows(outline("gemma2", Map.of("num_hidden_layers", 5)))).containsExactly(6, 0, 6, 0, 6);
            assertThat(windows(outline("gemma3_text", Map.of("num_hidden_layers", 7, "sliding_window_pattern", 3))))
                    .containsExactly(6, 6, 0, 6, 6, 0, 6);
            assertThat(windows(outline("gemma2",
                    Map.of("layer_types", List.of("full_attention", "sliding_attention"))))).containsExactly(0, 6);
            assertThat(windows(outline("qwen3_moe", Map.of()))).containsExactly(0, 0);
            assertThat(windows(outline("qwen3_moe", Map.of("use_sliding_window", true)))).containsExactly(6, 6);
            assertThat(windows(outline("mixtral", Map.of()))).containsExactly(6, 6);
        });
    }

    @Test void layersRotateNothingWhereTheFileOrTheFamilySaysSo() {
        Scope.run(() -> {
            assertThat(rotates(outline("smollm3", Map.of()))).containsExactly(true, false);
            ObjectNode silent = config("smollm3", Map.of("num_hidden_layers", 5));
            silent.remove("no_rope_layers");
            assertThat(rotates(outline(silent))).containsExactly(true, true, true, false, true);
            assertThat(rotates(outline(silent.put("no_rope_layer_interval", 2))))
                    .containsExactly(true, false, true, false, true);
            assertThatThrownBy(() -> outline("smollm3", Map.of("num_hidden_layers", 3))).isInstanceOf(UserError.class)
                    .hasMessageContaining("\"no_rope_layers\" is [1,0]").hasMessageContaining("a list of 3");
        });
    }

    private static List<Boolean> rotates(CausalLm model) {
        return model.blocks().stream().map(block -> ((AttentionBlock) block).attention().rope() != Rope.NONE).toList();
    }

    @Test void scoresAreScaledAndBoundedAsTheFileSays() {
        Scope.run(() -> {
            AttentionShape bounded = shapes(outline("gemma2", Map.of())).get(0);
            assertThat(bounded.scale()).isEqualTo(1 / Math.sqrt(24));
            assertThat(bounded.softCap().limit()).isEqualTo(2);
            ObjectNode noBounds = config("gemma2", Map.of()).putNull("attn_logit_softcapping")
                    .putNull("final_logit_softcapping");
            assertThat(shapes(outline(noBounds)).get(0).softCap()).isNull();
            assertThat(outline(noBounds).logitTransform()).isNull();
            ObjectNode silent = config("gemma2", Map.of());
            silent.remove(List.of("attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar"));
            assertThat(shapes(outline(silent)).get(0)).satisfies(shape -> {
                assertThat(shape.softCap().limit()).isEqualTo(50);
                assertThat(shape.scale()).isEqualTo(1 / 16.0);
            });
            assertThat(outline(silent).logitTransform()).isEqualTo(new SoftCap(30));
            assertThat(outline("gemma3_text", Map.of()).logitTransform()).isNull();
            assertThat(shapes(outline("gpt2", Map.of("scale_attn_weights", false))).get(0).scale())
                    .isEqualTo(1);
        });
    }

    @ParameterizedTest @CsvSource({"gemma2,true", "gemma3_text,true", "gpt2,true", "mixtral,false", "qwen3_moe,false",
            "llama,false", "qwen2,false", "qwen3,false", "mistral,false"})
    void aHeadIsTiedWhereTheFamilyTiesItAndTheFileIsSilent(String family, boolean tied) {
        Scope.run(() -> {
            ObjectNode silent = config(family, Map.of());
            silent.remove("tie_word_embeddings");
            assertThat(outline(silent).weights().containsKey("lm_head.weight")).isEqualTo(!tied);
            assertThat(outline(silent.put("tie_word_embeddings", !tied)).weights().containsKey("lm_head.weight"))
                    .isEqualTo(tied);
        });
    }

    @Test void expertsStandInEachSparseLayerThatIsNotNamedDense() {
        Scope.run(() -> {
            Map<String, Object> four = Map.of("num_hidden_layers", 4, "decoder_sparse_step", 2, "mlp_only_layers",
                    List.of(3));
            List<Boolean> sparse = IntStream.range(0, 4)
                    .mapToObj(i -> outline("qwen3_moe", four).linears().containsKey("model.layers." + i + ".mlp.gate"))
                    .toList();
            assertThat(sparse).containsExactly(false, true, false, false);
            assertThat(outline("qwen3_moe", four).weights().get("model.layers.0.mlp.up_proj.weight").shape())
                    .containsExactly(48, 32);
            assertThat(outline("qwen3_moe", four).weights().get("model.layers.1.mlp.experts.2.up_proj.weight").shape())
                    .containsExactly(24, 32);
        });
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
            "gemma2|use_bidirectional_attention|true", "gemma2|hidden_activation|\"relu\"",
                    "gemma2|final_logit_softcapping|0", "gemma2|layer_types|[\"full_attention\"]",
            "gemma2|layer_types|[\"full_attention\", \"chunked_attention\"]", "gemma3_text|attn_logit_softcapping|50.0",
            "gemma3_text|use_bidirectional_attention|true",
            "gpt2|scale_attn_by_inverse_layer_idx|true", "gpt2|add_cross_attention|true",
            "gpt2|activation_function|\"relu\"", "gpt2|n_head|5", "mixtral|output_router_logits|true",
            "mixtral|router_jitter_noise|0.1", "mixtral|num_experts_per_tok|5", "qwen3_moe|output_router_logits|true",
            "qwen3_moe|num_experts_per_tok|0"})
    void whatIsNotComputedIsRefusedByItsKey(String family, String key, String value) throws IOException {
        ObjectNode config = config(family, Map.of());
        config.set(key, JSON.readTree(value));
        assertThatThrownBy(() -> Scope.run(() -> outline(config))).isInstanceOf(UserError.class)
                .hasMessageContaining('"' + key + '"').hasMessageContaining("config.json");
    }

    @Test void theRuleOfOlderFilesGivesTheLogitsOfNewOnes() throws IOException {
        int ran = 0;
        for (Path golden : Golden.folders("models", "config_legacy.json")) {
            ObjectNode config = (ObjectNode) Golden.json(golden.resolve("config_legacy.json"));
            OptionalInt pattern = pattern(config);
            if (pattern.isEmpty()) {
                continue;
            }
            config.remove(config.path("tie_word_embeddings").asBoolean()
                    ? List.of("layer_types", "tie_word_embeddings") : List.of("layer_types"));
            Files.writeString(folder.resolve("config.json"),
                    config.put("sliding_window_pattern", pattern.getAsInt()).toString());
            Files.copy(golden.resolve("model.safetensors"), folder.resolve("model.safetensors"),
                    StandardCopyOption.REPLACE_EXISTING);
            Scope.run(() -> {
                Map<String, Tensor> expected = SafeTensors.open(golden.resolve("golden.safetensors")).readAll();
                int[] ids = GoldenRows.rows(expected.get("in.ids"))[0];
                CausalLm model = ModelFolder.open(folder).load();
                Tensor found = model.logits(model.hidden(ids, Pass.single(ids.length)));
                assertThat(found.sub(expected.get("nopad.logits").narrow(0, 0, 1).squeeze(0)).abs().max().item())
                        .isLessThan(1e-4);
            });
            ran++;
        }
        Assumptions.assumeTrue(ran > 0, "no Gemma whose layers follow the rule of older files in this set");
        Golden.ran("models by the rule of older files", ran);
    }

    /** The n of "every n-th layer sees everything", when a Gemma's layer_types are that; always 2 with Gemma 2. */
    private static OptionalInt pattern(ObjectNode config) {
        String family = config.path("model_type").asText();
        JsonNode types = config.path("layer_types");
        return family.startsWith("gemma") ? IntStream.rangeClosed(2, family.equals("gemma2") ? 2 : types.size())
                .filter(n -> IntStream.range(0, types.size())
                .allMatch(i -> types.path(i).asText().equals((i + 1) % n == 0 ? "full_attention"
                : "sliding_attention")))
                .findFirst() : OptionalInt.empty();
    }

    private static List<Integer> windows(CausalLm model) {
        return shapes(model).stream().map(AttentionShape::window).toList();
    }

    private static List<AttentionShape> shapes(CausalLm model) {
        return model.blocks().stream().map(block -> ((AttentionBlock) block).attention().shape()).toList();
    }

    private CausalLm outline(String family, Map<String, Object> changes) { return outline(config(family, changes)); }

    private CausalLm outline(ObjectNode config) {
        try {
            Files.writeString(folder.resolve("config.json"), config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelFolder.open(folder).outline();
    }

    private ObjectNode config(String family, Map<String, Object> changes) {
        try {
            ObjectNode config = (ObjectNode) JSON.readTree(Files.readString(TinyModels.folder(family, folder).config()
                    .file()));
            changes.forEach((key, value) -> config.set(key, JSON.<JsonNode>valueToTree(value)));
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
