package io.weft.model;

import io.weft.golden.Golden;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Weight;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Pickle;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TorchZip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WeightFilesTest {
    private static final String CONFIG = """
            {"model_type": "llama", "vocab_size": 24, "hidden_size": 16, "intermediate_size": 20, \
            "num_hidden_layers": 1, "num_attention_heads": 2, "rms_norm_eps": 1e-5,
             "max_position_embeddings": 64, "tie_word_embeddings": true}""";
    @TempDir Path folder;
    private Language language;

    @BeforeEach void english() throws IOException {
        language = Language.current();
        Language.use(Language.ENGLISH);
        Files.writeString(folder.resolve("config.json"), CONFIG);
    }

    @AfterEach void back() { Language.use(language); }

    @Test void aGoldenBinReadsAsTheSafetensorsRoundedToItsType() {
        int ran = 0;
        for (Path folder : Golden.folders("models", "pytorch_model.bin")) {
            Path whole = FamilyGoldenTest.sameWhole(folder);
            DType stored = ModelFolder.open(folder).storedType();
            ran += Scope.value(() -> {
                Map<String, Weight> bin = ModelFolder.open(folder).load().weights(),
                        expected = ModelFolder.open(whole).load().weights();
                assertThat(bin.keySet()).isEqualTo(expected.keySet());
                bin.forEach((name, weight) -> assertThat(weight.stored().toFloats()).as(name)
                        .isEqualTo(expected.get(name).stored().to(stored).to(DType.F32).toFloats()));
                return bin.size();
            });
        }
        Golden.ran("weights of pytorch_model.bin", ran);
    }

    @Test void binInOneFileOrInShardsIsTheModelThatSafetensorsAre() throws IOException {
        Map<String, float[]> expected = seeded();
        Map<String, Tensor> all = stored();
        Path single = copy("single"), shards = copy("shards");
        Scope.run(() -> write(single.resolve("pytorch_model.bin"), TorchZip.holding(all)));
        assertThat(values(single)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(ModelFolder.open(single).residentBytes()).isEqualTo(ModelFolder.open(folder).residentBytes())
                .isGreaterThan(0);
        assertThat(ModelFolder.open(single).storedType()).isEqualTo(DType.F32);
        assertThat(values(single, WeightPlacement.MAPPED)).usingRecursiveComparison().isEqualTo(expected);

        Map<String, Tensor> first = new LinkedHashMap<>(all), second = new LinkedHashMap<>();
        second.put("model.norm.weight", first.remove("model.norm.weight"));
        Scope.run(() -> write(shards.resolve("pytorch_model-00001-of-00002.bin"), TorchZip.holding(first)));
        Scope.run(() -> write(shards.resolve("pytorch_model-00002-of-00002.bin"), TorchZip.holding(second).zip64()));
        Files.writeString(shards.resolve("pytorch_model.bin.index.json"),
                index("pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"));
        assertThat(values(shards)).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test void safetensorsArePreferred() throws IOException {
        Map<String, float[]> expected = seeded();
        Files.writeString(folder.resolve("pytorch_model.bin"), "not even a zip");
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"), "{}");
        assertThat(values(folder)).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test void missingShardsAreNamedTogether() throws IOException {
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"),
                index("pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"));
        refused("pytorch_model.bin.index.json has 2 problems",
                "names pytorch_model-00001-of-00002.bin, which is not in the folder",
                "names pytorch_model-00002-of-00002.bin");
    }

    @Test void anIndexNamesFilesOfItsOwnFolderOnly() throws IOException {
        for (String name : new String[] {"../x.bin", "/etc/passwd", "..", ".", "", "a\\\\b", "a\\u0000b"}) {
            Files.writeString(folder.resolve("pytorch_model.bin.index.json"), index(name, name));
            refused("pytorch_model.bin.index.json names the file", "outside of its folder");
        }
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"), "{\"weight_map\": {}}");
        refused("\"weight_map\" is missing or empty");
    }

    @Test void aBinThatWouldRunCodeStopsTheModelFromLoading() throws IOException {
        byte[] pickle = new Pickle().op('}').text("model.norm.weight").global("os", "system")
                .text("touch weft-was-here").op(0x85, 'R', 's').done();
        write(folder.resolve("pytorch_model.bin"), TorchZip.of(pickle));
        refused("pytorch_model.bin asks for os.system of Python", "nothing of it was run");
        assertThat(Path.of("weft-was-here")).doesNotExist();
    }

    @Test void codeWithoutWeightsSaysWhatIsThereAndWhatIsMissing() throws IOException {
        Files.writeString(folder.resolve("modeling_chatglm.py"), "import torch");
        refused("holds no weights",
                "model.safetensors, model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json",
                "there is config.json, modeling_chatglm.py");
        Files.delete(folder.resolve("config.json"));
        refused("holds no weights", "missing is config.json, the weights", "there is modeling_chatglm.py");
        Files.delete(folder.resolve("modeling_chatglm.py"));
        refused("holds no weights", "there is no file");
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder).load()).isInstanceOf(UserError.class)
                .hasMessageContainingAll(parts);
    }

    /** Writes model.safetensors from a seed, and tells its weights. */
    private Map<String, float[]> seeded() {
        Scope.run(() -> {
            ModelFolder model = ModelFolder.open(folder);
            model.write(model.initialise(5), folder, DType.F32);
        });
        return values(folder);
    }

    private Map<String, Tensor> stored() { return SafeTensors.open(folder.resolve("model.safetensors")).readAll(); }

    private static Map<String, float[]> values(Path folder) { return values(folder, WeightPlacement.RESIDENT); }

    private static Map<String, float[]> values(Path folder, WeightPlacement holding) {
        return Scope.value(() -> {
            CausalLm model = ModelFolder.open(folder).load(holding);
            Map<String, float[]> values = new LinkedHashMap<>();
            model.weights().forEach((name, weight) -> values.put(name, weight.stored().toFloats()));
            return values;
        });
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        Files.writeString(copy.resolve("config.json"), CONFIG);
        return copy;
    }

    private static String index(String first, String second) {
        return "{\"weight_map\": {\"model.embed_tokens.weight\": \"%s\", \"model.norm.weight\": \"%s\"}}".formatted(
                first, second);
    }

    private static void write(Path file, TorchZip zip) {
        try {
            Files.write(file, zip.bytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
