package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Cases;
import io.weft.golden.Golden;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Model folders as people have them: what transformers computes from them, or what says why Weft does not. */
class ModelCasesTest {
    @TempDir Path folder;

    @ParameterizedTest @ValueSource(strings = {"M1-qwen2-sliding", "M1-qwen3-sliding", "M2-tied-two-matrices"})
    void aFolderGivesTheLogitsOfTransformers(String name) {
        JsonNode expected = Golden.json(Cases.at(name).resolve("expected.json"));
        Scope.run(() -> agrees(ModelFolder.open(Cases.at(name).resolve("model")).load(), expected));
    }

    @Test void aSecondMatrixUnderATiedFlagIsExportedAsItIs() {
        Path model = Cases.at("M2-tied-two-matrices").resolve("model");
        JsonNode expected = Golden.json(model.resolveSibling("expected.json"));
        Scope.run(() -> {
            ModelFolder base = ModelFolder.open(model);
            base.write(base.load(), folder, DType.F32);
            agrees(ModelFolder.open(folder).load(), expected);
        });
        assertThat(Golden.json(folder.resolve("config.json")).path("tie_word_embeddings").asBoolean()).isFalse();
    }

    @Test void oneRotationForEachKindOfLayersIsRefusedWhereTheFamilyHasOneForAll() {
        Path model = Cases.at("M3-nested-qwen3");
        assertThatThrownBy(() -> Scope.run(() -> ModelFolder.open(model).outline())).isInstanceOf(UserError.class)
                .hasMessageContaining("\"rope_parameters\"").hasMessageContaining("\"full_attention\"");
    }

    @Test void aQuantisedFolderIsRefusedByTheKeyThatSaysSo() {
        Path model = Cases.at("S-fp8-message").resolve("model");
        assertThatThrownBy(() -> ModelFolder.open(model)).isInstanceOf(UserError.class)
                .hasMessageContaining("\"quantization_config\"").hasMessageContaining("fp8")
                .hasMessageNotContaining("whole safetensors");
    }

    private static void agrees(CausalLm model, JsonNode expected) {
        int[] ids = new int[expected.path("ids").size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = expected.path("ids").path(i).asInt();
        }
        Tensor last = model.hidden(ids, Pass.single(ids.length)).narrow(0, ids.length - 1, 1);
        float[] found = model.logits(last).toFloats();
        String key = expected.properties().stream().map(entry -> entry.getKey())
                .filter(name -> name.startsWith("last_row_logits")).findFirst().orElseThrow();
        JsonNode logits = expected.path(key);
        assertThat(found).hasSize(logits.size());
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("logit of id %d", i).isCloseTo(logits.path(i).asDouble(), within(1e-4));
        }
    }
}
