package io.weft.recipe;

import io.weft.run.WarningText;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
        assertThat(recipe.data().prompt()).isEqualTo("tutorial");
        assertThat(recipe.data().maxLength()).isEqualTo(1024);
        assertThat(recipe.data().pack()).isTrue();
        assertThat(recipe.data().heldOut()).isEqualTo("0.1");
        var train = recipe.train();
        assertThat(List.of(train.epochs(), train.batch(), train.accumulate(), train.logEvery(), train.evalEvery(),
                train.saveEvery())).containsExactly(3.0, 4, 4, 10, 50, 100);
        assertThat(train.learningRate()).as("the trainer's default, which the tutorial left unset").hasValue(5e-5);
        assertThat(train.warmupSteps()).hasValue(100);
        assertThat(train.weightDecay()).isEqualTo(0.01);
        assertThat(train.precision()).isEqualTo("fp16");
        assertThat(train.seed()).isEqualTo(42);
        assertThat(recipe.presetNote()).isEmpty();
    }

    @Test void whatIsGivenBesideItGoesBeforeIt() throws IOException {
        Recipe recipe = read("chatglm", "preset=tutorial", "train.warmupSteps=3", "tuning.lora.rank=4");
        assertThat(recipe.train().warmupSteps()).hasValue(3);
        assertThat(recipe.train().learningRate()).hasValue(5e-5);
        assertThat(((Lora) recipe.tuning()).rank()).isEqualTo(4);
        assertThat(read("chatglm", "preset=tutorial", "tuning.full=true").tuning()).isEqualTo(new Full());
    }

    @Test void onAnotherFamilyAllLinearLayersAreTunedAndItSaysSo() throws IOException {
        Recipe recipe = read("qwen2", "preset=tutorial");
        assertThat(((Lora) recipe.tuning()).targets()).containsExactly(Lora.ALL_LINEAR);
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
