package io.weft.model;

import io.weft.golden.Golden;
import io.weft.model.family.Architectures;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.UserError;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which keys of config.json and generation_config.json are read, passed over, refused and told. */
class ConfigKeysTest {
    private static final String SIZES = "\"vocab_size\": 97, \"hidden_size\": 32, \"intermediate_size\": 48, "
            + "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"head_dim\": 8";
    @TempDir Path folder;

    static List<String> families() { return TinyModels.families(); }

    @ParameterizedTest @MethodSource("families")
    void aFamilyAsksForNoKeyThatItsTableLacks(String family) {
        FamilyKeys keys = Architectures.all().stream().filter(one -> one.modelTypes().contains(family)).findFirst()
                .orElseThrow().keys();
        ModelFolder model = TinyModels.folder(family, folder);
        Scope.run(model::outline);
        Set<String> asked = new TreeSet<>(model.config().asked());
        asked.removeIf(key -> keys.obeys(key) || ConfigKeys.passesOver(key));
        assertThat(asked).isEmpty();
        assertThat(model.unknownKeys()).isEmpty();
    }

    @Test void nothingIsToldOfTheFilesThatTransformersWrites() throws IOException {
        int ran = 0;
        for (String name : List.of("config.json", "config_legacy.json")) {
            for (Path golden : Golden.folders("models", name)) {
                Path copy = Files.createDirectories(folder.resolve(golden.getFileName().toString() + name));
                Files.copy(golden.resolve(name), copy.resolve("config.json"));
                assertThat(ModelFolder.open(copy).unknownKeys()).as(golden.toString()).isEmpty();
                ran++;
            }
        }
        Golden.ran("keys of config.json", ran);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
            "llama|\"pretraining_tp\": 1, \"rope_interleaved\": false, \"is_llama_config\": true, "
            + "\"transformers.js_config\": {\"kv_cache_dtype\": 1}, \"_name_or_path\": \"x\", "
            + "\"rope_scaling\": null, \"unsloth_fixed\": true",
            "qwen2|\"use_mrope\": false, \"use_sliding_window\": false, \"sliding_window\": 131072, "
            + "\"max_window_layers\": 28",
            "phi3|\"embd_pdrop\": 0.0, \"resid_pdrop\": 0.0, \"attention_bias\": false, \"lm_head_bias\": false",
            "phi3|\"interpolate_factor\": 1, \"full_attn_mod\": 1, \"partial_rotary_factor\": 0.75",
            "smollm3|\"max_window_layers\": 28, \"pretraining_tp\": 2, \"sliding_window\": null",
            "gemma2|\"cache_implementation\": \"hybrid\", \"hidden_act\": \"gelu_pytorch_tanh\"",
            "mixtral|\"router_aux_loss_coef\": 0.02, \"output_router_logits\": false, \"sliding_window\": null"})
    void nothingIsToldOfWhatPublishedFilesHold(String family, String keys) {
        assertThat(TinyModels.folder(family, folder, SIZES + ", " + keys).unknownKeys()).isEmpty();
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
            "llama|\"nobodys_key\": 1|nobodys_key", "llama|\"sliding_window\": 8|sliding_window",
            "llama|\"logit_scale\": 0.5|logit_scale", "qwen2|\"attention_bias\": true|attention_bias",
            "llama|\"rope_scaling\": {\"rope_type\": \"default\", \"factor\": 4.0}|rope_scaling.factor",
            "llama|\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0, \"beta_fast\": 8}"
            + "|rope_scaling.beta_fast",
            "llama|\"partial_rotary_factor\": 0.5|partial_rotary_factor", "llama|\"use_qk_norm\": false|",
            "llama|\"clip_qkv\": null|"})
    void aKeyThatNobodyReadsIsTold(String family, String keys, String told) {
        assertThat(TinyModels.folder(family, folder, SIZES + ", " + keys).unknownKeys())
                .isEqualTo(told == null ? Set.of() : Set.of(told));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
            "is_causal|false", "is_causal|null", "per_layer_config|{\"0\": {}}", "text_config|{\"hidden_size\": 8}",
            "transformers_weights|\"other.safetensors\"", "pruned_heads|{\"0\": [1]}", "attention_bias|\"yes\"",
            "max_position_embeddings|\"64\"", "eos_token_id|\"2\"", "eos_token_id|[1, true]", "rope_theta|\"500\"",
            "rope_theta|0", "rope_scaling|\"linear\"", "rope_scaling|[4]",
            "rope_parameters|{\"full_attention\": {\"rope_theta\": 5e5}}",
            "rope_scaling|{\"rope_type\": \"linear\", \"factor\": 2.0, \"partial_rotary_factor\": 0.5}",
            "rope_scaling|{\"rope_type\": \"linear\"}", "rope_scaling|{\"rope_type\": \"linear\", \"factor\": 0}",
            "rope_scaling|{\"rope_type\": null, \"factor\": 2.0}", "rope_scaling|{\"rope_type\": \"mrope\"}",
            "rope_parameters|{\"rope_theta\": null}"})
    void whatPythonWouldObeyAndWeftDoesNotComputeIsRefusedByTheKey(String key, String value) {
        assertThatThrownBy(() -> Scope.run(() -> TinyModels.folder("llama", folder, SIZES + ", \"" + key + "\": "
                + value).outline())).isInstanceOf(UserError.class).hasMessageContaining('"' + key)
                .hasMessageContaining("config.json");
    }

    @Test void twoNamesOfOneKeyMustAgree() {
        String sizes = "\"vocab_size\": 97, \"n_embd\": 32, \"n_layer\": 2, \"n_head\": 4, \"n_positions\": 64";
        assertThatThrownBy(() -> TinyModels.folder("gpt2", folder, sizes + ", \"hidden_size\": 64"))
                .isInstanceOf(UserError.class).hasMessageContaining("\"hidden_size\" is 64")
                .hasMessageContaining("\"n_embd\"");
        assertThat(TinyModels.folder("gpt2", folder, sizes + ", \"hidden_size\": 32").unknownKeys()).isEmpty();
        assertThat(TinyModels.folder("gpt2", folder, sizes.replace("n_embd", "hidden_size")).config().width())
                .isEqualTo(32);
    }

    @Test void whatGenerationConfigAsksForIsObeyedOrTold() throws IOException {
        TinyModels.folder("llama", folder, SIZES + ", \"eos_token_id\": 7");
        generation("{\"eos_token_id\": [2, 5], \"stop_strings\": [\"###\"], \"bos_token_id\": 1, \"pad_token_id\": 0, "
                + "\"do_sample\": true, \"temperature\": 0.6, \"top_k\": 50, \"top_p\": 1.0, \"num_beams\": 1, "
                + "\"repetition_penalty\": 1.1, \"suppress_tokens\": [3], \"transformers_version\": \"4.40\"}");
        ModelFolder model = ModelFolder.open(folder);
        assertThat(model.endIds()).containsExactlyInAnyOrder(2, 5, 7);
        assertThat(model.endTexts()).containsExactly("###");
        assertThat(model.unusedGeneration()).containsExactly("do_sample: true", "temperature: 0.6",
                "repetition_penalty: 1.1", "suppress_tokens: [3]");
        generation("{\"eos_token_id\": 2, \"do_sample\": false, \"temperature\": null, \"_from_model_config\": true}");
        assertThat(ModelFolder.open(folder).unusedGeneration()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"{\"eos_token_id\": \"</s>\"}", "{\"eos_token_id\": 2.5}",
            "{\"eos_token_id\": [2, [3]]}", "{\"eos_token_id\": {\"id\": 2}}", "{\"stop_strings\": [1]}", "[]", "{",
            ""})
    void aBrokenGenerationConfigIsRefusedByItsName(String json) throws IOException {
        TinyModels.folder("llama", folder, SIZES);
        generation(json);
        assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("generation_config.json");
    }

    private void generation(String json) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), json);
    }
}
