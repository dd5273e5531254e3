package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.golden.Cases;
import io.weft.golden.Golden;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Adapters as people's tools write them, read as PEFT reads them. */
class PeftReadingsTest {
    private static final int[] IDS = {5, 17, 30, 9, 77};
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @ParameterizedTest @CsvSource({"lora_A.weight, lora_A.default.weight", "lora_A.weight, lora_A.my-adapter.weight",
            "base_model.model., ''", "base_model.model., module.base_model.model.",
            "base_model.model., base_model.model._orig_mod.", "model.layers, model._fsdp_wrapped_module.layers"})
    void namesAreReadHoweverTheAdapterWasSaved(String of, String saved) {
        Scope.run(() -> {
            Map<String, Tensor> plain = lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj", "v_proj")));
            float[] expected = logits("llama", folder);
            rename(plain, name -> name.contains(of) ? name.replace(of, saved)
                    : name.replace(of.replace("_A", "_B"), saved.replace("_A", "_B")));
            assertThat(SafeTensors.open(folder.resolve(AdapterFolder.WEIGHTS)).names()).noneMatch(
                    plain::containsKey);
            assertThat(logits("llama", folder)).isEqualTo(expected);
        });
    }

    @Test void factorsOfAnIa3WithItsNameAreReadToo() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            Ia3 ia3 = new Ia3(List.of("k_proj", "down_proj"), List.of("down_proj"));
            Map<String, Tensor> plain = saved(model, ia3);
            float[] expected = logits("llama", folder);
            rename(plain, name -> name + ".default");
            assertThat(logits("llama", folder)).isEqualTo(expected);
        });
    }

    @Test void aFileWithSeveralAdaptersIsRefusedByTheirNames() {
        Scope.run(() -> {
            Map<String, Tensor> plain = lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj"))),
                    both = new LinkedHashMap<>();
            plain.forEach((name, tensor) -> {
                both.put(name.replace(".weight", ".default.weight"), tensor);
                both.put(name.replace(".weight", ".reference.weight"), tensor.mul(2));
            });
            SafeTensors.write(folder.resolve(AdapterFolder.WEIGHTS), both);
            assertRefused("llama", "several adapters (default, reference)");
        });
    }

    /** PEFT saves embedding and head with an adapter when it takes the vocabulary for resized. */
    @ParameterizedTest @ValueSource(strings = {"model.embed_tokens.weight", "lm_head.weight"})
    void aCopyOfTheBasesWeightSaysNothingAndAChangedOneIsRefused(String name) {
        Scope.run(() -> {
            CausalLm base = TinyModels.of("llama");
            Tensor embedding = base.weights().get("model.embed_tokens.weight").stored().detach();
            Map<String, Tensor> more = new LinkedHashMap<>(lora(TinyModels.of("llama"),
                    new Lora(2, 4, 0, List.of("q_proj"))));
            float[] expected = logits("llama", folder);
            more.put("base_model.model." + name, embedding.copy());
            SafeTensors.write(folder.resolve(AdapterFolder.WEIGHTS), more);
            assertThat(logits("llama", folder)).isEqualTo(expected);
            more.put("base_model.model." + name, embedding.mul(1.01));
            SafeTensors.write(folder.resolve(AdapterFolder.WEIGHTS), more);
            assertRefused("llama", name + " is a whole weight of the base that was changed");
            assertRefused("llama", "merge_and_unload");
        });
    }

    @Test void tensorsWithoutValuesAreToldWithTheirLikelyCause() {
        Scope.run(() -> {
            Map<String, Tensor> plain = lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj", "v_proj"))),
                    hollow = new LinkedHashMap<>();
            plain.keySet().forEach(name -> hollow.put(name, Tensor.zeros(0)));
            SafeTensors.write(folder.resolve(AdapterFolder.WEIGHTS), hollow);
            assertThatThrownBy(() -> logits("llama", folder)).isInstanceOf(UserError.class)
                    .hasMessageContaining("8 of its 8 tensors hold no value").hasMessageContaining("ZeRO-3")
                    .hasMessageContaining("FSDP").hasMessageContaining("stage3_gather_16bit_weights_on_model_save")
                    .satisfies(refused -> assertThat(refused.getMessage().lines().count()).isLessThanOrEqualTo(2));
        });
    }

    /** At its start, such an adapter changes nothing: what it holds was taken out of the base. */
    @ParameterizedTest @CsvSource({"pissa, llama", "pissa, gpt2", "olora, llama", "OLoRA, qwen2"})
    void whatPeftTookOutOfTheBaseIsTakenOutAgain(String start, String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            Lora lora = new Lora(3, 6, 0, List.of(TargetNames.ALL_LINEAR));
            lora.attach(model, 3);
            model.linears().values().forEach(linear -> begin(model, linear, start.equals("pissa")));
            lora.write(model, folder, "base");
            CausalLm base = TinyModels.of(family);
            assertThat(difference(logits(family, folder), logits(base))).as("a plain LoRA").isGreaterThan(0.1);
            set("init_lora_weights", '"' + start + '"');
            assertThat(difference(logits(family, folder), logits(base))).isLessThan(1e-4);
            assertThat(logits(opened(family, folder), Adapters.NONE)).as("the base is left alone")
                    .isEqualTo(logits(base));
        });
    }

    private void begin(CausalLm model, Linear linear, boolean pissa) {
        Tensor weight = linear.weight().wide(DType.F32).contiguous();
        Tensor.Factors factors = pissa ? weight.singularValues() : weight.triangular();
        Tensor a = factors.right().narrow(0, 0, 3), b = factors.left().narrow(1, 0, 3);
        if (pissa) {
            a = a.mul(factors.values().narrow(0, 0, 3).mul(0.5).unsqueeze(1));   // all of the values on one side
        }
        model.tuned().get(linear.name() + ".lora_A.weight").copyFrom(a.contiguous());
        model.tuned().get(linear.name() + ".lora_B.weight").copyFrom(b.contiguous());
    }

    @ParameterizedTest @ValueSource(strings = {"pissa_niter_4", "corda", "loftq", "lora_ga", "tomorrow"})
    void aBaseThatOnlyPeftCanMakeAgainIsRefusedWithTheWayOut(String start) {
        Scope.run(() -> lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj"))));
        set("init_lora_weights", '"' + start + '"');
        assertRefused("llama", "\"init_lora_weights\" is \"" + start + "\"");
        assertRefused("llama", "path_initial_model_for_weight_conversion");
    }

    @Test void rankStabilisedScalesByTheRootOfTheRank() {
        Scope.run(() -> lora(TinyModels.of("llama"), new Lora(4, 8, 0, List.of("q_proj"))));
        set("use_rslora", "true");
        assertThat(((Lora) AdapterFolder.settings(folder)).scale("model.layers.0.self_attn.q_proj"))
                .isEqualTo(4, within(1e-12));
    }

    /** LoraConfig and IA3Config of PEFT 0.21: each field, its default, another value, and what that one comes to. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            LORA | task_type                | null             | `"SEQ_CLS"`            | refused
            LORA | peft_type                | null             | `"VERA"`               | refused
            LORA | auto_mapping             | null             | `{"a": "b"}`           | nothing
            LORA | peft_version             | null             | `"9.9.9"`              | nothing
            LORA | base_model_name_or_path  | null             | `"org/other"`          | nothing
            LORA | revision                 | null             | `"v2"`                 | nothing
            LORA | inference_mode           | false            | true                   | nothing
            LORA | r                        | 8                | 3                      | refused
            LORA | target_modules           | null             | `["v_proj"]`           | refused
            LORA | exclude_modules          | null             | `["q_proj"]`           | refused
            LORA | lora_alpha               | 8                | 80                     | changed
            LORA | lora_dropout             | 0.0              | 0.5                    | nothing
            LORA | fan_in_fan_out           | false            | true                   | nothing
            LORA | bias                     | `"none"`         | `"all"`                | nothing
            LORA | use_rslora               | false            | true                   | changed
            LORA | modules_to_save          | null             | `["lm_head"]`          | told
            LORA | init_lora_weights        | true             | `"pissa"`              | changed
            LORA | layers_to_transform      | null             | [1]                    | refused
            LORA | layers_pattern           | null             | `["layers"]`           | nothing
            LORA | rank_pattern             | {}               | `{"q_proj": 4}`        | refused
            LORA | alpha_pattern            | {}               | `{"q_proj": 40}`       | changed
            LORA | megatron_config          | null             | `{"a": 1}`             | refused
            LORA | megatron_core            | `"megatron.core"`| `"other"`              | nothing
            LORA | trainable_token_indices  | null             | [1, 2]                 | refused
            LORA | loftq_config             | {}               | `{"loftq_bits": 4}`    | nothing
            LORA | eva_config               | null             | `{"rho": 2.0}`         | nothing
            LORA | corda_config             | null             | `{"corda_method": 1}`  | nothing
            LORA | lora_ga_config           | null             | `{"direction": 1}`     | nothing
            LORA | use_dora                 | false            | true                   | refused
            LORA | velora_config            | null             | `{"a": 1}`             | refused
            LORA | alora_invocation_tokens  | null             | [1, 2]                 | refused
            LORA | use_qalora               | false            | true                   | refused
            LORA | qalora_group_size        | 16               | 32                     | nothing
            LORA | monteclora_config        | null             | `{"a": 1}`             | refused
            LORA | layer_replication        | null             | [[0, 2]]               | refused
            LORA | runtime_config           | null             | `{"a": true}`          | nothing
            LORA | lora_bias                | false            | true                   | refused
            LORA | target_parameters        | null             | `["a.weight"]`         | refused
            LORA | use_bdlora               | null             | `{"a": 1}`             | refused
            LORA | arrow_config             | null             | `{"a": 1}`             | refused
            LORA | kasa_config              | null             | `{"a": 1}`             | refused
            LORA | ensure_weight_tying      | false            | true                   | nothing
            LORA | scaling_rule             | null             | `"sqrt"`               | told
            IA3  | task_type                | null             | `"SEQ_CLS"`            | refused
            IA3  | revision                 | null             | `"v2"`                 | nothing
            IA3  | auto_mapping             | null             | `{"a": "b"}`           | nothing
            IA3  | inference_mode           | false            | true                   | nothing
            IA3  | target_modules           | null             | `["v_proj"]`           | refused
            IA3  | exclude_modules          | null             | `["q_proj"]`           | refused
            IA3  | feedforward_modules      | null             | `["q_proj"]`           | refused
            IA3  | fan_in_fan_out           | false            | true                   | nothing
            IA3  | modules_to_save          | null             | `["lm_head"]`          | refused
            IA3  | init_ia3_weights         | true             | false                  | nothing
            IA3  | scaling_rule             | null             | `"sqrt"`               | told
            """)
    void everyKeyIsObeyedRefusedToldOrChangesNothing(String type, String key, String standard, String other,
            String outcome) {
        Scope.run(() -> {
            saved(TinyModels.of("llama"), type.equals("LORA") ? new Lora(2, 4, 0, List.of("q_proj"))
                    : new Ia3(List.of("q_proj"), List.of("none")));
            float[] plain = logits("llama", folder);
            if (!List.of("r", "lora_alpha", "peft_type", "target_modules").contains(key)) {
                set(key, standard);
                assertThat(heard(plain)).as("the default %s", standard).isEqualTo("nothing");
            }
            set(key, other);
            assertThat(heard(plain)).isEqualTo(outcome);
        });
    }

    private String heard(float[] plain) {
        List<String> told = new ArrayList<>();
        CausalLm model = TinyModels.of("llama");
        try {
            AdapterFolder.attach(model, folder, told::add);
        } catch (UserError refused) {
            return "refused";
        }
        return !told.isEmpty() ? "told" : difference(logits(model), plain) == 0 ? "nothing" : "changed";
    }

    @Test void whatIsToldNamesTheFileTheKeyAndItsValue() {
        Scope.run(() -> {
            lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj")));
            set("scaling_rule", "\"sqrt\"");
            set("of_a_later_version", "null");
            List<String> told = new ArrayList<>();
            AdapterFolder.attach(TinyModels.of("llama"), folder, told::add);
            assertThat(told).singleElement().asString().contains(AdapterFolder.CONFIG)
                    .contains("\"scaling_rule\" is \"sqrt\"");
        });
    }

    /** PEFT passes over tensors that its config does not ask for, so Weft must not use them unsaid. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            target_modules      | `".*layers\\\\.0.*q_proj"` | layers.1.self_attn.q_proj
            layers_to_transform | 0                        | layers.1.self_attn.q_proj
            exclude_modules     | `"model.*1.*"`           | layers.1.self_attn.q_proj
            """)
    void tensorsThatTheConfigLeavesOutAreRefused(String key, String value, String example) {
        Scope.run(() -> lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj"))));
        set(key, value);
        assertRefused("llama", example);
    }

    @Test void modulesThatTheFileHasNothingForAreTold() {
        Scope.run(() -> {
            lora(TinyModels.of("llama"), new Lora(2, 4, 0, List.of("q_proj")));
            set("target_modules", "[\"q_proj\", \"v_proj\"]");
            List<String> told = new ArrayList<>();
            AdapterFolder.attach(TinyModels.of("llama"), folder, told::add);
            assertThat(told).singleElement().asString().contains("2 of the modules")
                    .contains("model.layers.0.self_attn.v_proj");
        });
    }

    @Test void theCasesOfPeoplesAdaptersGivePeftsLogits() {
        Path base = Cases.at("A2-pissa/base"), pissa = Cases.at("A2-pissa");
        Scope.run(() -> {
            CausalLm model = ModelFolder.open(base).load();
            AdapterFolder.attach(model, pissa.resolve("adapter"));
            lastRow(model, Golden.json(pissa.resolve("expected.json")));
            CausalLm named = ModelFolder.open(base).load(), plain = ModelFolder.open(base).load();
            AdapterFolder.attach(named, Cases.at("A1-default-in-names/adapter"));
            // PEFT 0.21's first logits of these ids, and those of the base
            assertThat(last(named)).startsWith(new float[] {-1.7385f, 1.8099f, -0.4932f, -1.3518f},
                    within(2e-4f));
            assertThat(last(plain)).startsWith(new float[] {-1.4860f, 1.0350f, 0.2360f, -0.9848f},
                    within(2e-4f));
            List<String> told = new ArrayList<>();
            AdapterFolder.attach(plain, Cases.at("A2-unknown-key/adapter"), told::add);
            assertThat(told).singleElement().asString().contains("scaling_rule");
        });
    }

    private static float[] last(CausalLm model) {
        int[] ids = {5, 17, 30, 99, 7};
        return Scope.value(() -> model.logits(model.hidden(ids, Pass.single(5))).narrow(0, 4, 1).toFloats());
    }

    private static void lastRow(CausalLm model, JsonNode expected) {
        int[] ids = JsonFile.JSON.convertValue(expected.path("ids"), int[].class);
        float[] row = JsonFile.JSON.convertValue(expected.path("last_row_logits_transformers_5.24"), float[].class),
                found = model.logits(model.hidden(ids, Pass.single(ids.length))).narrow(0, ids.length - 1, 1)
                .toFloats();
        assertThat(found).hasSize(row.length);
        assertThat(difference(found, row)).isLessThan(2e-4);
    }

    /** Saves a LoRA that does something. @return its file's tensors */
    private Map<String, Tensor> lora(CausalLm model, Lora lora) { return saved(model, lora); }

    private Map<String, Tensor> saved(CausalLm model, Adapter adapter) {
        adapter.attach(model, 3);
        model.tuned().forEach((name, tensor) -> tensor.copyFrom(tensor.detach()
                .add(RandomStream.of(name.hashCode()).normal(0.3, tensor.shape()))));
        adapter.write(model, folder, "base");
        return SafeTensors.open(folder.resolve(AdapterFolder.WEIGHTS)).readAll();
    }

    private void rename(Map<String, Tensor> tensors, UnaryOperator<String> renamed) {
        Map<String, Tensor> other = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> other.put(renamed.apply(name), tensor));
        SafeTensors.write(folder.resolve(AdapterFolder.WEIGHTS), other);
    }

    private void set(String key, String value) {
        Path file = folder.resolve(AdapterFolder.CONFIG);
        try {
            ObjectNode config = JsonFile.object(file);
            config.set(key, JsonFile.JSON.readTree(value));
            Files.writeString(file, config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertRefused(String family, String words) {
        assertThatThrownBy(() -> Scope.run(() -> opened(family, folder))).isInstanceOf(UserError.class)
                .hasMessageContaining(words);
    }

    private static CausalLm opened(String family, Path folder) {
        CausalLm model = TinyModels.of(family);
        AdapterFolder.attach(model, folder);
        return model;
    }

    private static float[] logits(String family, Path folder) { return logits(opened(family, folder)); }

    private static float[] logits(CausalLm model) { return logits(model, Adapters.DEFAULT); }

    private static float[] logits(CausalLm model, Adapters adapters) {
        return Scope.value(() -> model.logits(model.hidden(IDS, Pass.single(IDS.length).with(adapters))).toFloats());
    }

    private static double difference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
