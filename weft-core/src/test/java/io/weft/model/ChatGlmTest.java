package io.weft.model;

import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Lora;
import io.weft.tune.TrainableCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What only ChatGLM has: its own keys and names, fused linears under LoRA, its 32k variants, and configs that its code
 * does not compute.
 */
class ChatGlmTest {
    /** The sizes of the published THUDM/chatglm3-6b. */
    private static final String FULL_SIZE = """
            "num_layers": 28, "padded_vocab_size": 65024, "hidden_size": 4096, "ffn_hidden_size": 13696, \
            "kv_channels": 128, "num_attention_heads": 32, "seq_length": 8192, "layernorm_epsilon": 1e-05,
            "multi_query_attention": true, "multi_query_group_num": 2, "add_bias_linear": false, \
            "add_qkv_bias": true, "rmsnorm": true, "post_layer_norm": true, "original_rope": true,
            "apply_residual_connection_post_layernorm": false, "tie_word_embeddings": false, "pre_seq_len": null""";
    private static final String TINY = """
            "num_layers": 2, "padded_vocab_size": 97, "hidden_size": 32, "ffn_hidden_size": 48, "kv_channels": 16, \
            "num_attention_heads": 4, "seq_length": 128, "layernorm_epsilon": 1e-05,
            "multi_query_attention": true, "multi_query_group_num": 2, "add_qkv_bias": true, "initializer_range": 0.2\
            """;
    private static final String TINY_GLM = """
            "num_hidden_layers": 2, "vocab_size": 97, "hidden_size": 32, "intermediate_size": 48, "head_dim": 16, \
            "num_attention_heads": 4, "num_key_value_heads": 2,
            "max_position_embeddings": 128, "rms_norm_eps": 1e-05""";
    private static final List<String> TARGETS = List.of("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h");
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void theTutorialsSettingsPrintTheTutorialsLineAtFullSize() {
        ModelFolder full = TinyModels.folder("chatglm", folder, FULL_SIZE);
        assertThat(line(full, new Lora(8, 32, 0.1, TARGETS)))
                .isEqualTo("trainable params: 14,823,424 || all params: 6,258,407,424 || trainable%: 0.2369");
        assertThat(line(full, new Lora(8, 32, 0.1, List.of("query_key_value"))))
                .isEqualTo("trainable params: 1,949,696 || all params: 6,245,533,696 || trainable%: 0.0312");
    }

    private static String line(ModelFolder folder, Lora lora) {
        return Scope.value(() -> {
            CausalLm model = folder.outline();
            lora.attach(model, 0);
            return TrainableCount.of(model, lora).toString();
        });
    }

    @Test void allLinearIsTheTutorialsFourTargetsUnderPeftsNames() {
        Scope.run(() -> {
            CausalLm model = TinyModels.folder("chatglm", folder, TINY).outline();
            assertThat(Lora.DEFAULTS.targets(model)).isEqualTo(new Lora(8, 32, 0, TARGETS).targets(model)).hasSize(8);
            assertThat(new Lora(8, 32, 0, List.of("dense")).targets(model)).extracting(Linear::lastName)
                    .containsOnly("dense");
            Lora.DEFAULTS.attach(model, 0);
            assertThat(model.tuned())
                    .containsKeys("transformer.encoder.layers.0.self_attention.query_key_value.lora_A.weight",
                    "transformer.encoder.layers.1.mlp.dense_4h_to_h.lora_B.weight");
        });
    }

    @Test void theConfigIsReadByItsOwnKeys() {
        HfConfig config = TinyModels.folder("chatglm", folder, FULL_SIZE).config();
        assertThat(config.vocabulary()).isEqualTo(65024);
        assertThat(config.layers()).isEqualTo(28);
        assertThat(config.contextLength()).hasValue(8192);
        assertThat(config.spelt("max_position_embeddings")).isEqualTo("seq_length");
        assertThat(config.integer("intermediate_size")).isEqualTo(13696);
    }

    @Test void fusedLinearsComputeWhatSeparateOnesDoAlsoStretched() {
        same("", "");
        same(", \"rope_ratio\": 50", ", \"rope_theta\": 500000.0");
        same(", \"rope_ratio\": 16, \"_name_or_path\": \"THUDM/chatglm2-6b-32k\"",
                ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 16.0}");
    }

    /** A chatglm whose weights are cut and renamed to a glm's gives the same logits. */
    private void same(String chatGlm, String glm) {
        Scope.run(() -> {
            CausalLm fused = TinyModels.shaken(TinyModels.folder("chatglm", folder.resolve("chatglm"), TINY + chatGlm)
                    .initialise(5));
            Map<String, Tensor> cut = new LinkedHashMap<>();
            fused.weights().forEach((name, weight) -> {
                String usual = usual(name);
                if (usual.contains("query_key_value")) {
                    cut.put(usual.replace("query_key_value", "q_proj"), weight.stored().narrow(0, 0, 64));
                    cut.put(usual.replace("query_key_value", "k_proj"), weight.stored().narrow(0, 64, 32));
                    cut.put(usual.replace("query_key_value", "v_proj"), weight.stored().narrow(0, 96, 32));
                } else {
                    cut.put(usual, weight.stored());
                }
            });
            ModelFolder separate = TinyModels.folder("glm", folder.resolve("glm"), TINY_GLM + glm);
            SafeTensors.write(separate.path().resolve("model.safetensors"), cut);
            int[] ids = {5, 90, 33, 7, 61, 12, 2, 48, 70, 19};
            assertThat(Scope.value(() -> logits(fused, ids).sub(logits(separate.load(), ids)).abs().max().item()))
                    .isLessThan(1e-5);
        });
    }

    private static String usual(String name) {
        return name.replace("transformer.embedding.word_embeddings", "model.embed_tokens")
                .replace("transformer.output_layer", "lm_head")
                .replace("transformer.encoder.final_layernorm", "model.norm")
                .replace("transformer.encoder", "model").replace("self_attention.dense", "self_attn.o_proj")
                .replace("self_attention", "self_attn").replace("dense_h_to_4h", "gate_up_proj")
                .replace("dense_4h_to_h", "down_proj");
    }

    private static Tensor logits(CausalLm model, int[] ids) {
        return model.logits(model.hidden(ids, Pass.single(ids.length)));
    }

    @ParameterizedTest @CsvSource({"multi_query_attention, false", "rmsnorm, false", "post_layer_norm, false",
            "apply_residual_connection_post_layernorm, true", "original_rope, false",
            "pre_seq_len, 128", "quantization_bit, 4", "kv_channels, 15", "multi_query_group_num, 3", "num_layers, 0",
            "rmsnorm, 1"})
    void whatItsCodeDoesNotComputeIsRefusedByItsKey(String key, String value) {
        assertThatThrownBy(() -> TinyModels.folder("chatglm", folder, TINY + ", \"" + key + "\": " + value).outline())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("config.json: \"" + key + "\" is " + value + "; expected");
    }

    @ParameterizedTest @CsvSource({"ffn_hidden_size", "padded_vocab_size", "num_layers", "layernorm_epsilon",
            "multi_query_attention"})
    void aMissingKeyIsNamedAsThisFamilySpellsIt(String key) {
        ModelFolder model = TinyModels.folder("chatglm", folder, TINY.replace("\"" + key + "\"", "\"something\""));
        assertThatThrownBy(model::outline).isInstanceOf(UserError.class)
                .hasMessageContaining("config.json: \"" + key + "\" is missing");
    }

    @Test void theFirstChatGlmIsToldApart() {
        ModelFolder first = TinyModels.folder("chatglm", folder, """
                "hidden_size": 4096, "inner_hidden_size": 16384, "layernorm_epsilon": 1e-05, \
                "max_sequence_length": 2048, "num_attention_heads": 32, "num_layers": 28, "position_encoding_2d": true,
                "vocab_size": 130528""");
        assertThatThrownBy(first::outline).isInstanceOf(UserError.class).hasMessageContaining("the first ChatGLM-6B")
                .hasMessageContaining("inner_hidden_size").hasMessageContaining("ChatGLM3");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
            "\"ffn_hidden_size\": 48 | \"ffn_hidden_size\": 50 | layers.0.mlp.dense_h_to_4h.weight has shape [96, "
                    + "32]; config.json asks for [100, 32] (\"ffn_hidden_size\": 50)",
            "\"padded_vocab_size\": 97 | \"padded_vocab_size\": 99 | word_embeddings.weight has shape [97, 32]; "
            + "config.json asks for [99, 32] (\"padded_vocab_size\": 99)",
            "\"multi_query_group_num\": 2 | \"multi_query_group_num\": 4 | query_key_value.bias has shape [128]; "
            + "config.json asks for [192] (\"kv_channels\": 16, \"num_attention_heads\": 4, "
            + "\"multi_query_group_num\": 4)",
            "\"add_qkv_bias\": true | \"add_qkv_bias\": false | layers.1.self_attention.query_key_value.bias is in "
            + "the file, but chatglm has no place for it (\"add_qkv_bias\": false)",
            "\"num_layers\": 2 | \"num_layers\": 1 | layers.1.mlp.dense_4h_to_h.weight is in the file, but chatglm "
            + "has no place for it (\"num_layers\": 1)",
            "\"num_layers\": 2 | \"num_layers\": 3 | layers.2.mlp.dense_4h_to_h.weight [32, 48] is missing "
            + "(\"num_layers\": 3)"})
    void aFieldThatContradictsTheWeightsIsNamedWithThem(String written, String claimed, String message) {
        Scope.run(() -> {
            ModelFolder good = TinyModels.folder("chatglm", folder, TINY);
            good.write(good.initialise(1), folder, DType.F32);
            ModelFolder bad = TinyModels.folder("chatglm", folder, TINY.replace(written, claimed));
            assertThatThrownBy(bad::load).isInstanceOf(UserError.class).hasMessageContaining(message);
        });
    }

    @Test void theFamilysPythonFilesGoAlongForOtherTools() throws IOException {
        Path code = Files.writeString(folder.resolve("modeling_chatglm.py"), "raise SystemExit\n"),
                merged = Files.createDirectory(folder.resolve("merged"));
        Scope.run(() -> {
            ModelFolder model = TinyModels.folder("chatglm", folder,
                    TINY + ", \"auto_map\": {\"AutoModel\": \"modeling_chatglm.ChatGLMForConditionalGeneration\"}");
            model.write(model.initialise(1), merged, DType.F32);
        });
        assertThat(merged.resolve("modeling_chatglm.py")).hasSameBinaryContentAs(code);
    }

    @Test void storedRotaryFrequenciesMayStayUnread() {
        Scope.run(() -> {
            ModelFolder model = TinyModels.folder("chatglm", folder, TINY);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            model.initialise(1).weights().forEach((name, weight) -> weights.put(name, weight.stored()));
            weights.put("transformer.rotary_pos_emb.inv_freq", Tensor.zeros(4));
            SafeTensors.write(folder.resolve("model.safetensors"), weights);
            assertThat(model.load().weights()).hasSize(weights.size() - 1);
        });
    }
}
