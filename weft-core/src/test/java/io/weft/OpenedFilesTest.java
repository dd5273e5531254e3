package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.export.Export;
import io.weft.file.JsonFile;
import io.weft.golden.Cases;
import io.weft.hub.HubSettings;
import io.weft.loaded.BaseLookup;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.HfConfig;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Lora;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which files a model, an adapter or a run is made of, and what an export keeps of them. */
class OpenedFilesTest {
    private static final String COMMIT = "0123456789".repeat(4);
    private static final String TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}";
    private final Language before = Language.current();
    @TempDir Path folder;
    private Path base, adapter;

    @BeforeEach void makeAnAdapterAndItsBase() throws IOException {
        Language.use(Language.ENGLISH);
        base = TinyRun.base(folder.resolve("elsewhere/base"), DType.F32);
        adapter = Files.createDirectories(folder.resolve("given/adapter"));
        Scope.run(() -> {
            CausalLm model = ModelFolder.open(base).load();
            Lora lora = new Lora(2, 4, 0, List.of("q_proj"));
            lora.attach(model, 3);
            model.tuned().forEach((name, tensor) -> tensor.copyFrom(tensor.detach()
                    .add(RandomStream.of(name.hashCode()).normal(0.3, tensor.shape()))));
            lora.write(model, adapter, base.toString());
        });
    }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @ParameterizedTest @ValueSource(strings = {"null", "\"\"", "\"  \"", "7", "missing"})
    void anAdapterThatNamesNoBaseIsNeverPutOnTheCurrentDirectory(String name) {
        set(adapter.resolve(AdapterFolder.CONFIG), "base_model_name_or_path", name);
        assertThatThrownBy(() -> source(Optional.empty(), base)).isInstanceOf(UserError.class)
                .hasMessageContaining("names no base model").hasMessageContaining("--base DIR");
        assertThat(source(Optional.of(base), folder).folder().path()).isEqualTo(base);
    }

    @Test void anEmptyNameIsNotTheCurrentDirectory() {
        for (String empty : List.of("", " ")) {
            assertThatThrownBy(() -> LoadedModel.open(Path.of(empty))).isInstanceOf(UserError.class)
                    .hasMessageContaining("is empty");
            assertThatThrownBy(() -> ModelFolder.open(Path.of(empty))).isInstanceOf(UserError.class)
                    .hasMessageContaining("is empty");
        }
    }

    @Test void aRelativeBaseIsFoundFromHereOrFromTheAdapterAndTold() throws IOException {
        name("base");
        assertFound(source(Optional.empty(), base.getParent()), base);
        Path beside = TinyRun.base(folder.resolve("given/base"), DType.F32);
        assertFound(source(Optional.empty(), folder), beside);
        assertFound(source(Optional.empty(), base.getParent()), base);
        name("../../elsewhere/base");
        assertFound(source(Optional.empty(), folder.resolve("nowhere/at/all")), base);
        name(base.toString());
        assertThat(source(Optional.empty(), folder).notes()).as("its name says it").isEmpty();
    }

    @Test void aNameOnAHubIsLookedUpInTheCacheByItsRevision() throws IOException {
        name("org/tiny");
        Path cache = folder.resolve("hf/hub/models--org--tiny"),
                snapshot = TinyRun.base(cache.resolve("snapshots").resolve(COMMIT), DType.F32);
        Files.createDirectories(cache.resolve("refs"));
        Files.writeString(cache.resolve("refs/main"), COMMIT);
        assertFound(source(Optional.empty(), folder), snapshot);
        assertThat(source(Optional.of(Path.of("org/tiny")), folder).folder().path()).isEqualTo(snapshot);
        set(adapter.resolve(AdapterFolder.CONFIG), "revision", "\"v2\"");
        assertThatThrownBy(() -> source(Optional.empty(), folder)).hasMessageContaining("not all of revision v2");
        Files.writeString(cache.resolve("refs/v2"), COMMIT);
        assertFound(source(Optional.empty(), folder), snapshot);
        set(adapter.resolve(AdapterFolder.CONFIG), "revision", "null");
        Files.delete(snapshot.resolve("model.safetensors"));
        assertThatThrownBy(() -> source(Optional.empty(), folder)).hasMessageContaining("not all of revision main");
    }

    @Test void aBaseThatIsNowhereIsToldWithEveryPlaceThatWasLookedAt() {
        name("org/tiny");
        assertThatThrownBy(() -> source(Optional.empty(), folder)).isInstanceOf(UserError.class)
                .hasMessageContaining(folder.resolve("org/tiny").toString())
                .hasMessageContaining(adapter.resolve("org/tiny").toString())
                .hasMessageContaining(folder.resolve("hf/hub/models--org--tiny").toString())
                .hasMessageContaining("weft pull org/tiny").hasMessageContaining("--base DIR");
        name("C:\\models\\tiny");
        assertThatThrownBy(() -> source(Optional.empty(), folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("C:\\models\\tiny").hasMessageContaining("--base DIR")
                .message().doesNotContain("weft pull");
    }

    @Test void aFolderOfAdaptersIsToldWhichItHolds() {
        assertThatThrownBy(() -> LoadedModel.open(adapter.getParent())).isInstanceOf(UserError.class)
                .hasMessageContaining(adapter.toString());
    }

    @Test void theBaseOfARunMayHaveMoved() throws IOException {
        Path rows = TinyRun.rows(folder.resolve("rows.jsonl"), 12);
        Path run = TinyRun.trained(TinyRun.recipe(base, rows, "train.steps=1"),
                folder.resolve("run"));
        Path moved = Files.move(base, folder.resolve("moved"));
        assertThatThrownBy(() -> LoadedModel.open(run)).isInstanceOf(UserError.class)
                .hasMessageContaining(base.toString()).hasMessageContaining("--base DIR");
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run, Optional.of(moved))) {
                assertThat(loaded.folder().path()).isEqualTo(moved);
                assertThat(loaded.adapter()).isPresent();
            }
        });
        assertThatThrownBy(() -> LoadedModel.open(moved, Optional.of(moved))).isInstanceOf(UserError.class)
                .hasMessageContaining("whole model");
    }

    @Test void theAdaptersOwnTokenizerAndTemplateGoFirstAndAreTold() throws IOException {
        assertThat(prompt(adapter)).as("the base has no template").doesNotContain("<|im_start|>");
        copy(base, adapter, "tokenizer.json", "tokenizer_config.json");
        assertThat(opened(adapter, LoadedModel::notes)).as("copies of the base's").isEmpty();

        set(adapter.resolve("tokenizer_config.json"), "eos_token", "\"<|endoftext|>\"");
        Files.writeString(adapter.resolve("chat_template.jinja"), TEMPLATE);
        assertThat(prompt(adapter)).isEqualTo("<|im_start|>the cat<|im_end|>");
        assertThat(opened(adapter, LoadedModel::notes)).singleElement().asString()
                .contains("tokenizer: " + adapter).contains("chat template: " + adapter);
        assertThat(eos(adapter)).isEqualTo(397);

        Export export = export(adapter, folder.resolve("merged"));
        assertThat(prompt(export.folder())).isEqualTo("<|im_start|>the cat<|im_end|>");
        assertThat(eos(export.folder())).isEqualTo(397);
    }

    @Test void aTemplateAloneGoesWithTheBasesTokenizerAndTheOtherWayRound() throws IOException {
        Files.writeString(adapter.resolve("chat_template.jinja"), "{{ eos_token }}" + TEMPLATE);
        assertThat(prompt(adapter)).as("tokens are the base's").isEqualTo("<|im_end|><|im_start|>the cat<|im_end|>");
        assertThat(prompt(export(adapter, folder.resolve("first")).folder())).isEqualTo(prompt(adapter));

        Files.delete(adapter.resolve("chat_template.jinja"));
        copy(base, adapter, "tokenizer.json", "tokenizer_config.json");
        set(adapter.resolve("tokenizer_config.json"), "pad_token", "null");
        set(base.resolve("tokenizer_config.json"), "chat_template", JsonFile.JSON.writeValueAsString("A" + TEMPLATE));
        assertThat(prompt(adapter)).as("the template is the base's").isEqualTo("A<|im_start|>the cat<|im_end|>");
        assertThat(opened(adapter, LoadedModel::notes)).singleElement().asString()
                .contains("tokenizer: " + adapter).contains("chat template: " + base);
        assertThat(prompt(export(adapter, folder.resolve("second")).folder())).isEqualTo(prompt(adapter));
    }

    @Test void anExportKeepsLicencesAndEveryTokenizerAndTemplateFile() throws IOException {
        Files.writeString(base.resolve("LICENSE"), "the base's");
        Files.writeString(base.resolve("Notice.txt"), "notice");
        Files.writeString(base.resolve("MODEL_LICENSE"), "more");
        Files.writeString(base.resolve("vocab.txt"), "words");
        Files.writeString(base.resolve("special_tokens_map.json"), "{}");
        Files.createDirectories(base.resolve("additional_chat_templates"));
        Files.writeString(base.resolve("additional_chat_templates/rag.jinja"), "{{ x }}");
        Files.writeString(base.resolve("trainer_state.json"), "{}");
        Files.writeString(adapter.resolve("LICENSE"), "the adapter's");
        Path target = export(adapter, folder.resolve("merged")).folder();
        assertThat(target.resolve("LICENSE")).hasContent("the base's");
        assertThat(target.resolve("adapter-LICENSE")).hasContent("the adapter's");
        for (String name : List.of("Notice.txt", "MODEL_LICENSE", "vocab.txt", "special_tokens_map.json",
                "additional_chat_templates/rag.jinja")) {
            assertThat(target.resolve(name)).hasSameBinaryContentAs(base.resolve(name));
        }
        assertThat(target.resolve("trainer_state.json")).doesNotExist();
        assertThat(target.resolve(AdapterFolder.CONFIG)).doesNotExist();
    }

    @Test void everyKeyOfAnExportTellsTheStoredType() throws IOException {
        set(base.resolve("config.json"), "dtype", "\"bfloat16\"");
        Path written = export(base, folder.resolve("merged")).folder().resolve("config.json");
        set(base.resolve("config.json"), "text_config", "{\"dtype\": \"bfloat16\", \"torch_dtype\": \"float16\"}");
        JsonNode nested = JsonFile.JSON.readTree(HfConfig.read(base.resolve("config.json")).declaring(DType.F32));
        for (JsonNode declaring : List.of(JsonFile.read(written), nested, nested.path("text_config"))) {
            assertThat(declaring.path("dtype").asText()).isEqualTo("float32");
            assertThat(declaring.path("torch_dtype").asText()).isEqualTo("float32");
        }
    }

    @ParameterizedTest @ValueSource(strings = {"{ \"eos_token_id\": 2,", "[1]", ""})
    void aBrokenGenerationConfigIsRefusedByItsNameWhoeverOpensIt(String text) throws IOException {
        Path file = Files.writeString(base.resolve("generation_config.json"), text);
        for (Path source : List.of(base, adapter)) {
            assertThatThrownBy(() -> Scope.run(() -> LoadedModel.open(source))).isInstanceOf(UserError.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test void aFileThatOnlyOthersReadIsReadBeforeItIsExported() throws IOException {
        Path broken = Files.writeString(base.resolve("added_tokens.json"), "{");
        assertThatThrownBy(() -> export(base, folder.resolve("merged"))).isInstanceOf(UserError.class)
                .hasMessageContaining(broken.toString());
        assertThat(folder.resolve("merged")).doesNotExist();
    }

    @Test void theCasesOfPeoplesFoldersAreOpenedOrRefused() {
        Path own = Cases.at("X2-adapter-tokenizer/adapter"), none = Cases.at("A3-base-null/adapter");
        int[] asked = opened(own, loaded -> loaded.wording().encoder().encodePrompt(List.of(Message.user("Hello"))));
        int[] expected = opened(own, loaded -> loaded.wording().tokenizer()
                .encodeBare("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"));
        assertThat(asked).isEqualTo(expected);
        assertThatThrownBy(() -> LoadedModel.open(none)).isInstanceOf(UserError.class).hasMessageContaining("--base");
        assertThatThrownBy(() -> ModelSource.of(Cases.at("A3-base-in-cache/adapter"), Optional.empty(),
                lookup(folder))).hasMessageContaining("weft pull org/tiny");
    }

    private ModelSource source(Optional<Path> given, Path here) { return ModelSource.of(adapter, given, lookup(here)); }

    private BaseLookup lookup(Path here) {
        Map<String, String> environment = Map.of("HF_HOME", folder.resolve("hf").toString());
        return new BaseLookup(() -> HubSettings.fromEnvironment(environment), here);
    }

    private static void assertFound(ModelSource source, Path expected) {
        assertThat(source.folder().path()).isEqualTo(expected);
        assertThat(source.notes()).singleElement().asString().contains(expected.toString());
    }

    private void name(String name) {
        try {
            set(adapter.resolve(AdapterFolder.CONFIG), "base_model_name_or_path",
                    JsonFile.JSON.writeValueAsString(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param value as JSON, or "missing" */
    private static void set(Path file, String key, String value) {
        try {
            ObjectNode object = JsonFile.object(file);
            if (value.equals("missing")) {
                object.remove(key);
            } else {
                object.set(key, JsonFile.JSON.readTree(value));
            }
            Files.writeString(file, object.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to, String... names) throws IOException {
        for (String name : names) {
            Files.copy(from.resolve(name), to.resolve(name));
        }
    }

    private static String prompt(Path source) {
        return opened(source, loaded -> {
            PromptFormat wording = loaded.wording();
            return wording.tokenizer().decode(wording.encoder().encodePrompt(List.of(Message.user("the cat"))), false);
        });
    }

    private static int eos(Path source) {
        return opened(source, loaded -> loaded.wording().tokenizer().eos().getAsInt());
    }

    private static Export export(Path source, Path target) {
        return opened(source, loaded -> loaded.exportMerged(target, Optional.of(DType.F32)));
    }

    private static <T> T opened(Path source, Function<LoadedModel, T> body) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                return body.apply(loaded);
            }
        });
    }
}
