package io.weft.model;

import io.weft.golden.Golden;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a folder's files hold against what its config.json says they hold. */
class StoredWeightsTest {
    @TempDir Path folder;

    /** A tied model of the family, with a file that is changed before it is written. */
    private ModelFolder tied(String family, Consumer<Map<String, Tensor>> change) {
        ModelFolder described = TinyModels.folder(family, folder);
        Scope.run(() -> {
            described.write(described.initialise(3), folder, DType.F32);
            Map<String, Tensor> weights = new LinkedHashMap<>(SafeTensors.open(file()).readAll());
            change.accept(weights);
            SafeTensors.write(file(), weights);
        });
        return ModelFolder.open(folder);
    }

    private Path file() { return folder.resolve("model.safetensors"); }

    @ParameterizedTest @CsvSource({"llama,model.embed_tokens.weight", "gpt2,transformer.wte.weight",
            "gemma2,model.embed_tokens.weight"})
    void aStoredHeadCountsWhateverTheFlagSays(String family, String embedding) {
        Tensor[] head = new Tensor[1];
        ModelFolder model = tied(family, weights -> {
            head[0] = RandomStream.of(5).normal(0.2, weights.get(embedding).shape());
            weights.put("lm_head.weight", head[0]);
        });
        Scope.run(() -> {
            CausalLm loaded = model.load();
            assertThat(loaded.isTied()).isFalse();
            float[] before = logits(loaded);
            Path out = made("out");
            model.write(loaded, out, DType.F32);
            assertThat(SafeTensors.open(out.resolve("model.safetensors")).names()).contains("lm_head.weight");
            assertThat(Golden.json(out.resolve("config.json")).path("tie_word_embeddings").asBoolean()).isFalse();
            assertThat(logits(ModelFolder.open(out).load())).isEqualTo(before);
        });
    }

    @Test void aHeadThatIsStoredTwiceIsOne() {
        ModelFolder model = tied("llama", weights -> weights.put("lm_head.weight",
                weights.get("model.embed_tokens.weight")));
        Scope.run(() -> {
            CausalLm loaded = model.load();
            assertThat(loaded.isTied()).isTrue();
            assertThat(loaded.weights()).doesNotContainKey("lm_head.weight");
        });
    }

    @ParameterizedTest @CsvSource({"llama,model.embed_tokens.weight,lm_head.weight",
            "gpt2,transformer.wte.weight,lm_head.weight"})
    void aTiedTableMayBeStoredUnderTheHeadsNameAlone(String family, String embedding, String head) {
        float[][] before = new float[1][];
        ModelFolder model = tied(family, weights -> {
            before[0] = logits(ModelFolder.open(folder).load());
            weights.put(head, weights.remove(embedding));
        });
        Scope.run(() -> {
            CausalLm loaded = model.load();
            assertThat(loaded.isTied()).isTrue();
            assertThat(logits(loaded)).isEqualTo(before[0]);
            assertThat(loaded.weights()).containsKey(embedding).doesNotContainKey(head);
        });
    }

    @Test void aHeadThatIsNotTiedAndNotThereIsMissing() throws IOException {
        tied("llama", weights -> {});
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"tie_word_embeddings\": true",
                "\"tie_word_embeddings\": false"));
        assertThatThrownBy(() -> Scope.run(() -> ModelFolder.open(folder).load())).isInstanceOf(UserError.class)
                .hasMessageContaining("lm_head.weight [97, 32] is missing").hasMessageContaining("tie_word_embeddings");
    }

    @ParameterizedTest @ValueSource(strings = {"I8", "U8", "BOOL", "I32", "I64", "I16"})
    void wholeNumbersAreNoWeights(String type) {
        ModelFolder model = tied("llama", weights -> {
            String name = "model.layers.1.mlp.up_proj.weight";
            Tensor numbers = Tensor.empty(DType.valueOf(type), weights.get(name).shape());
            numbers.copyFrom(weights.get(name));
            weights.put(name, numbers);
        });
        assertThatThrownBy(() -> Scope.run(model::load)).isInstanceOf(UserError.class)
                .hasMessageContaining("model.layers.1.mlp.up_proj.weight is stored as " + type)
                .hasMessageContaining("BF16").hasMessageContaining(file().toString());
    }

    @ParameterizedTest @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "U32", "F4"})
    void typesThatNobodyHereReadsAreNamedAndTheFileIsNotCalledDamaged(String type) throws IOException {
        TinyModels.folder("llama", folder);
        byte[] header = ("{\"model.norm.weight\":{\"dtype\":\"" + type + "\",\"shape\":[32],\"data_offsets\":[0,32]}}")
                .getBytes(StandardCharsets.UTF_8);
        Files.write(file(), ByteBuffer.allocate(8 + header.length + 32).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).array());
        assertThatThrownBy(() -> Scope.run(() -> ModelFolder.open(folder).load())).isInstanceOf(UserError.class)
                .hasMessageContaining("model.norm.weight").hasMessageContaining(type)
                .hasMessageNotContaining("whole safetensors");
    }

    @ParameterizedTest @CsvSource({"qweight,GPTQ", "weight_scale_inv,fp8", "weight.absmax,bitsandbytes"})
    void aPackedModelIsOneSentenceNotAListOfWeights(String ending, String writer) {
        ModelFolder model = tied("llama", weights -> weights.put("model.layers.0.mlp.up_proj." + ending,
                weights.remove("model.layers.0.mlp.up_proj.weight")));
        assertThatThrownBy(() -> Scope.run(model::load)).isInstanceOf(UserError.class)
                .hasMessageContaining("model.layers.0.mlp.up_proj." + ending).hasMessageContaining(writer)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest @ValueSource(strings = {
            "\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4}",
            "\"quantization_config\": {\"load_in_8bit\": true, \"quant_method\": \"bitsandbytes\"}",
            "\"quantization_config\": {}", "\"quantization_config\": \"int8\"",
            "\"compression_config\": {\"format\": \"pack-quantized\"}",
            "\"quantization\": {\"bits\": 4, \"group_size\": 64}"})
    void aKeyThatSaysQuantisedIsRefusedBeforeAnythingIsRead(String key) {
        assertThatThrownBy(() -> TinyModels.folder("llama", folder, "\"vocab_size\": 97, " + key))
                .isInstanceOf(UserError.class).hasMessageContaining(key.substring(0, key.indexOf(':')))
                .hasMessageContaining("BF16");
    }

    @Test void aVocabularyThatDiffersFromTheEmbeddingIsRefusedByItsKey() throws IOException {
        tied("llama", weights -> {});
        Path config = folder.resolve("config.json");
        for (String size : new String[] {"96", "98"}) {
            Files.writeString(config, Files.readString(config).replaceAll("\"vocab_size\": \\d+",
                    "\"vocab_size\": " + size));
            assertThatThrownBy(() -> Scope.run(() -> ModelFolder.open(folder).load())).isInstanceOf(UserError.class)
                    .hasMessageContaining("model.embed_tokens.weight has shape [97, 32]")
                    .hasMessageContaining("\"vocab_size\": " + size);
        }
    }

    private Path made(String name) {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] logits(CausalLm model) {
        int[] ids = TinyModels.example(9, 3).ids();
        return model.logits(model.hidden(ids, Pass.single(ids.length))).toFloats();
    }
}
