package io.weft.recipe;

import io.weft.data.PromptStyle;
import io.weft.run.Cadence;
import io.weft.run.WarningText;
import io.weft.train.Batching;
import io.weft.train.Precision;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PresetTest {
    @TempDir Path folder;

    @Test void theTutorialsSettingsStandWhereNoneAreGiven() throws IOException {
        Recipe recipe = read("chatglm", "preset=tutorial");
        assertThat(recipe.preset()).contains("tutorial");
        assertThat(recipe.tuning())
                .isEqualTo(new Lora(8, 32, 0.1, List.of("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h")));
        assertThat(recipe.data().prompt()).contains(PromptStyle.TUTORIAL);
        assertThat(recipe.data().maxLength()).isEqualTo(1024);
        assertThat(recipe.data().pack()).isTrue();
        assertThat(recipe.data().heldOut()).isEqualTo("0.1");
        var train = recipe.train();
        assertThat(train.batching()).isEqualTo(new Batching(3, OptionalInt.empty(), 4, 4));
        assertThat(train.cadence()).isEqualTo(new Cadence(10, 50, 100, 3, 0));
        assertThat(train.optimizer().learningRate()).as("the trainer's default, which the tutorial left unset")
                .hasValue(5e-5);
        assertThat(train.optimizer().warmupSteps()).hasValue(100);
        assertThat(train.optimizer().weightDecay()).isEqualTo(0.01);
        assertThat(train.compute().precision()).isEqualTo(Precision.FP16);
        assertThat(train.seed()).isEqualTo(42);
        assertThat(recipe.presetNote()).isEmpty();
    }

    @Test void whatIsGivenBesideItGoesBeforeIt() throws IOException {
        Recipe recipe = read("chatglm", "preset=tutorial", "train.warmupSteps=3", "tuning.lora.rank=4");
        assertThat(recipe.train().optimizer().warmupSteps()).hasValue(3);
        assertThat(recipe.train().optimizer().learningRate()).hasValue(5e-5);
        assertThat(((Lora) recipe.tuning()).rank()).isEqualTo(4);
        assertThat(read("chatglm", "preset=tutorial", "tuning.full=true").tuning()).isEqualTo(new Full());
    }

    @Test void onAnotherFamilyAllLinearLayersAreTunedAndItSaysSo() throws IOException {
        Recipe recipe = read("qwen2", "preset=tutorial");
        assertThat(((Lora) recipe.tuning()).targets()).containsExactly(TargetNames.ALL_LINEAR);
        assertThat(WarningText.of(recipe.presetNote().orElseThrow())).contains("query_key_value").contains("qwen2");
        assertThat(read("qwen2", "preset=tutorial", "tuning.lora.targets=q_proj").presetNote()).isEmpty();
        assertThat(read("qwen2").presetNote()).isEmpty();
    }

    @Test void theResolvedRecipeIsReadBackEqual() throws IOException {
        Recipe recipe = read("qwen2", "preset=tutorial", "train.seed=7");
        assertThat(Recipe.parse(RecipeWriter.text(recipe))).isEqualTo(recipe);
    }

    @Test void anUnknownPresetIsRefusedByName() {
        assertThatThrownBy(() -> read("qwen2", "preset=tutorials")).hasMessageContaining("preset")
                .hasMessageContaining("tutorial");
    }

    private Recipe read(String family, String... settings) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + family + "\"}");
        return RecipeReader.read(Optional.empty(), List.of(settings),
                List.of("model=" + folder, "data.train=rows.jsonl"));
    }
}
