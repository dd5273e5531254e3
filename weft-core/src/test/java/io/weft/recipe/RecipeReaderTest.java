package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.train.TrainSettings;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RecipeReaderTest {
    @TempDir Path folder;

    @Test void whatIsLeftOutHasTheRecordsDefaults() {
        Recipe recipe = Recipe.parse("model: m\ndata: {train: t.jsonl}\n");
        DataSettings d = DataSettings.DEFAULTS;
        assertThat(recipe.model()).isEqualTo("m");
        assertThat(recipe.data()).isEqualTo(d.withTrain("t.jsonl"));
        assertThat(recipe.tuning()).isEqualTo(Lora.DEFAULTS);
        assertThat(recipe.train()).isEqualTo(TrainSettings.DEFAULTS);
        assertThat(recipe).isEqualTo(Recipe.of("m", "t.jsonl"));
    }

    @Test void theDesignsRecipeIsReadAsItIsWritten() {
        Recipe recipe = Recipe.parse("""
                model: models/qwen3-0.6b                              # a comment
                data:   {train: train.jsonl, heldOut: 0.1, format: alpaca, maxLength: 512, pack: false, rows: 20}
                tuning: {lora: {rank: 4, alpha: 16, dropout: 0, targets: [q_proj, v_proj]}}
                train:  {objective: sft, epochs: 0.5, steps: 7, batch: 2, accumulate: 8, learningRate: 1e-4, \
                schedule: cosine, warmupSteps: 0, weightDecay: 2E-2, seed: 4294967295}
                """);
        assertThat(recipe.model()).isEqualTo("models/qwen3-0.6b");
        assertThat(recipe.tuning()).isEqualTo(new Lora(4, 16, 0, List.of("q_proj", "v_proj")));
        assertThat(recipe.data().heldOut()).isEqualTo("0.1");
        assertThat(recipe.data().format()).isEqualTo("alpaca");
        assertThat(recipe.data().rows()).hasValue(20);
        assertThat(recipe.data().pack()).isFalse();
        assertThat(recipe.train().optimizer().learningRate()).hasValue(1e-4);
        assertThat(recipe.train().optimizer().warmupSteps()).hasValue(0);
        assertThat(recipe.train().batching().steps()).hasValue(7);
        assertThat(recipe.train().batching().epochs()).isEqualTo(0.5);
        assertThat(recipe.train().optimizer().weightDecay()).isEqualTo(0.02);
        assertThat(recipe.train().seed()).isEqualTo(4294967295L);
    }

    @Test void numbersWithoutADotAreNumbers() {
        for (String number : List.of("2e-4", "2E-4", "2.0e-4", "0.0002", "+2e-4", "2e-04", ".0002", "\"2e-4\"")) {
            assertThat(minimal("train: {learningRate: " + number + "}").train().optimizer().learningRate()).as(number)
                    .hasValue(2e-4);
        }
    }

    @Test void textsStayAsTheyAreWritten() {
        for (String model : List.of("2024", "1_000", "0x1F", "007", "1e3", "yes", "1:30", "2024-01-01", "模型/小")) {
            assertThat(Recipe.parse("model: " + model + "\ndata: {train: t}").model()).isEqualTo(model);
        }
    }

    @Test void thePretrainingObjectiveTrainsEveryWeight() {
        assertThat(minimal("train: {objective: pretrain}").tuning()).isEqualTo(new Full());
        assertThat(minimal("train: {objective: pretrain}\ntuning: full").tuning()).isEqualTo(new Full());
    }

    @Test void fullTuningIsNamedInAnyNaturalWay() {
        for (String tuning : List.of("{full: {}}", "full", "{full: }", "{full: true}", "\n  full:")) {
            assertThat(minimal("tuning: " + tuning).tuning()).as(tuning).isEqualTo(new Full());
        }
    }

    @Test void groupsWithNothingInThemAreAllDefaults() {
        assertThat(minimal("train:\n  # batch: 2\ntuning:\n")).isEqualTo(Recipe.of("m", "t"));
        assertThat(minimal("tuning: {lora: }")).isEqualTo(Recipe.of("m", "t"));
    }

    @Test void theCommandLineGoesBeforeTheFileAndTheFileBeforeTheCommandsOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"),
                "model: fromFile\ndata: {train: t}\ntuning: {lora: {rank: 4, alpha: 8}}\ntrain: {batch: 2, seed: 1}\n");
        Recipe recipe = RecipeReader.read(Optional.of(file),
                List.of("model=fromCommand", "train.seed=2", "tuning.lora.targets=q_proj,v_proj", "train.steps="),
                List.of("train.batch=9",
                "train.steps=5", "train.epochs=2"));
        assertThat(recipe.model()).isEqualTo("fromCommand");
        assertThat(recipe.tuning()).isEqualTo(new Lora(4, 8, Lora.DEFAULTS.dropout(), List.of("q_proj", "v_proj")));
        assertThat(recipe.train().batching().batch()).isEqualTo(2);
        assertThat(recipe.train().seed()).isEqualTo(2);
        assertThat(recipe.train().batching().steps()).isEmpty();
        assertThat(recipe.train().batching().epochs()).isEqualTo(2);
    }

    @Test void noFileIsNeeded() {
        assertThat(RecipeReader.read(Optional.empty(), List.of("model=m", "data.train=t"), List.of()))
                .isEqualTo(Recipe.of("m", "t"));
        assertThat(RecipeReader.read(Optional.empty(),
                List.of("model=m", "data.train=t", "tuning.lora.targets=[q_proj, v_proj]"), List.of()).tuning())
                .isEqualTo(new Lora(8, 32, 0.1, List.of("q_proj", "v_proj")));
    }

    @Test void aTuningMethodOfTheCommandLineReplacesTheFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"),
                "model: m\ndata: {train: t}\ntuning: {lora: {rank: 4}}\n");
        for (String full : List.of("tuning.full=true", "tuning.full=", "tuning=full")) {
            assertThat(RecipeReader.read(Optional.of(file), List.of(full), List.of()).tuning()).as(full)
                    .isEqualTo(new Full());
        }
        assertThat(((Lora) RecipeReader.read(Optional.of(file), List.of("tuning.lora=true"), List.of()).tuning())
                .rank()).isEqualTo(4);
    }

    @Test void aByteOrderMarkIsNoPartOfTheRecipe() throws IOException {
        Path file = Files.write(folder.resolve("r.yaml"),
                "\uFEFFmodel: m\ndata: {train: t}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(Recipe.read(file)).isEqualTo(Recipe.of("m", "t"));
    }

    @Test void aCopyIsChangedByTheSamePaths() {
        Recipe recipe = Recipe.of("m", "t").with("tuning.lora.rank=16", "train.learningRate=3e-5");
        assertThat(((Lora) recipe.tuning()).rank()).isEqualTo(16);
        assertThat(recipe.train().optimizer().learningRate()).hasValue(3e-5);
        assertThat(recipe.with("tuning=full").tuning()).isEqualTo(new Full());
        assertThat(recipe.with()).isEqualTo(recipe);
    }

    @Test void oddValuesOfAMethodAreReadBackEqual() {
        Recipe recipe = Recipe.of("m", "t")
                .withTuning(new Lora(3, 1e-5, 0.30000000000000004, List.of("q_proj", "odd, no")));
        assertThat(Recipe.parse(RecipeWriter.text(recipe))).isEqualTo(recipe);
    }

    private static Recipe minimal(String more) { return Recipe.parse("model: m\ndata: {train: t}\n" + more + "\n"); }
}
