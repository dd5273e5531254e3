package io.weft.recipe;

import io.weft.objective.Pretrain;
import io.weft.objective.Sft;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class StagedRecipeTest {
    private static final String FIVE = """
            model: m
            data: {train: t.jsonl, maxLength: 256}
            train: {epochs: 2}
            stages:
              - {objective: pretrain, data: {train: texts.jsonl}, train: {epochs: 1}}
              - {tuning: {lora: {rank: 4}}}
              - {merge}
              - {tuning: full, name: all}
              - {objective: dpo, data: {train: pairs.jsonl}}
            """;
    @TempDir Path folder;

    private static Recipe training(StagedRecipe recipe, int number) {
        return ((Stage.Training) recipe.stages().get(number - 1)).recipe();
    }

    @Test void aStageIsLaidOverWhatStandsOutsideOfStages() {
        StagedRecipe recipe = StagedRecipe.parse(FIVE);
        assertThat(recipe.stages()).extracting(Stage::folder)
                .containsExactly("01-pretrain", "02-lora", "03-merge", "04-all", "05-dpo");
        assertThat(recipe.common()).isEqualTo(Recipe.parse("model: m\ndata: {train: t.jsonl, maxLength: 256}\n"
                + "train: {epochs: 2}\n"));
        assertThat(training(recipe, 1)).isEqualTo(recipe.common().with("data.train=texts.jsonl", "train.epochs=1",
                "train.objective=pretrain", "tuning=full"));
        assertThat(training(recipe, 1).train().objective()).isEqualTo(new Pretrain());
        assertThat(training(recipe, 2)).isEqualTo(recipe.common().with("tuning.lora.rank=4"));
        assertThat(training(recipe, 4)).isEqualTo(recipe.common().with("tuning=full"));
        assertThat(training(recipe, 4).train().objective()).isEqualTo(new Sft());
        // what suits the objective, as in a single training
        assertThat(training(recipe, 5).tuning()).isEqualTo(recipe.common().tuning());
    }

    @Test void aMergeIsSpeltInEveryWayThatYamlOffers() {
        for (String merge : List.of("merge", "{merge}", "{merge: {}}", "{merge: true}", "{merge: }",
                "{name: merge, merge: null}", "{merge: {type: null}}")) {
            assertThat(StagedRecipe.parse("model: m\ndata: {train: t}\nstages: [{tuning: lora}, " + merge + "]\n")
                    .stages().get(1)).as(merge)
                    .isEqualTo(new Stage.Merge(2, "merge", new MergeSettings(Optional.empty())));
        }
        assertThat(((Stage.Merge) StagedRecipe.parse("model: m\ndata: {train: t}\nstages: [{tuning: lora}, "
                + "{merge: {type: fp32}}]\n").stages().get(1)).settings().type()).contains("fp32");
    }

    @Test void whatIsWrittenIsReadBackEqual() {
        for (String recipe : List.of(FIVE, "preset: tutorial\n" + FIVE.replace("pretrain,", "pretrain, tuning: full,"),
                FIVE.replace("{merge}", "{merge: {type: "
                + "fp32}, name: now-whole}"))) {
            StagedRecipe read = StagedRecipe.parse(recipe);
            assertThat(StagedRecipe.parse(read.yaml())).isEqualTo(read);
            assertThat(read.with()).isEqualTo(read);
        }
    }

    @Test void theCommandLineNamesAStageByItsNumber() throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"), FIVE);
        StagedRecipe recipe = RecipeReader.readStaged(Optional.of(file), List.of("stages.2.tuning.lora.alpha=8",
                "stages.4.train.learningRate=1e-5", "train.batch=2"), List.of());
        assertThat(training(recipe, 2)).isEqualTo(Recipe.parse("model: m\ndata: {train: t.jsonl, maxLength: 256}\n"
                + "train: {epochs: 2, batch: 2}\ntuning: {lora: {rank: 4, alpha: 8}}\n"));
        assertThat(training(recipe, 4).train().optimizer().learningRate()).hasValue(1e-5);
        assertThat(training(recipe, 5).train().batching().batch()).isEqualTo(2);
        assertThat(training(recipe.with("stages.5.tuning.lora.rank=2", "stages.2.tuning.lora.rank=16"), 2)
                .tuning().section().name()).isEqualTo("lora");
        assertThat(RecipeReader.isStaged(Optional.of(file), List.of())).isTrue();
    }

    @Test void whatTheCommandLineGivesIsNeverLostInAStage() throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"), FIVE);
        assertThatThrownBy(()
                -> RecipeReader.readStaged(Optional.of(file), List.of("train.epochs=3", "stages.9.name=x"),
                List.of())).isInstanceOf(UserError.class).hasMessageContaining("stages.2.train.epochs=1");
        assertThatThrownBy(() -> RecipeReader.readStaged(Optional.of(file), List.of("train.epochs=3"), List.of()))
                .isInstanceOf(UserError.class).hasMessageContaining("command line  train.epochs: stages.1 gives its "
                + "own")
                .hasMessageContaining("stages.1.train.epochs=");
    }

    @Test void allProblemsOfAllStagesAreToldAtOnceWithTheirLines() {
        String recipe = """
                model: m
                data: {train: t.jsonl, heldOut: 0.1}
                train:
                  epochs: 0
                stages:
                  - merge
                  - {tuning: {lora: {rnak: 4}}}
                  - objective: pretrain
                    tuning: lora
                  - {objective: dpo, tuning: full}
                  - {model: other, tunning: full, train: {learningRate: fast}}
                  - {objective: sft, train: {objective: sft}, name: a/b}
                  - {data: {heldOut: 0.2}, train: {seed: 7}}
                  - {merge: {typ: fp32}, data: {train: u}}
                  - lora
                """;
        assertThat(told(recipe).replaceAll("(?m)(overwrites);.*", "$1")).isEqualTo("""
                recipe has 15 problems
                  line 4  train.epochs: expected a number above 0 and up to 1000000, found 0
                  line 6  stages.1: nothing was trained before it that could be merged; take it out
                  line 7  stages.2.tuning.lora.rnak: no such setting; did you mean rank?
                  line 9  stages.3.tuning.lora: pretrain trains every weight; leave tuning.lora out, or set \
                train.objective: sft
                  line 10  stages.4.tuning.full: dpo compares with the model before tuning, whose weights tuning.full \
                overwrites
                  line 11  stages.5.model: a stage goes on with what the one before left; the first one's model stands \
                outside of stages
                  line 11  stages.5.tunning: no such setting; did you mean tuning?
                  line 11  stages.5.train.learningRate: expected a number above 0 and up to 10, found fast
                  line 12  stages.6.name: expected letters, digits, '-', '_' and '.', 40 at most, found a/b
                  line 12  stages.6.objective: given twice, also as train.objective; keep one
                  line 13  stages.7.data.heldOut: the stages are compared on rows of the same file, which this would \
                train on; leave it as it is outside of stages
                  line 13  stages.7.train.seed: the stages are compared on rows of the same file, which this would \
                train on; leave it as it is outside of stages
                  line 14  stages.8.data: a merge trains nothing; make it a stage of its own
                  line 14  stages.8.merge.typ: no such setting; did you mean type?
                  line 15  stages.9: expected a part of a recipe such as {tuning: lora}, or merge, found lora""");
    }

    @Test void stagesMustBeAbleToFollowEachOther() {
        String start = "model: m\ndata: {train: t.jsonl}\nstages: ";
        assertThat(told(start + "[{tuning: full}, merge]\n")).contains("stages.1 trains the model's own weights");
        assertThat(told("model: m\ndata: {train: t.jsonl}\ntuning: lora\nstages: [{objective: pretrain}]\n"))
                .contains("line 4  stages.1.tuning: is missing: pretrain does not go with tuning.lora, which stands "
                + "outside of stages; give this stage its own, such as tuning: full");
        assertThat(told(start + "[{tuning: lora}, merge, merge]\n")).contains("stages.2 merges already; keep one");
        assertThat(told(start + "[]\n")).contains("line 3  stages: no stage stands in it");
        assertThat(told(start + "merge\n")).contains("line 3  stages: expected a list of stages, found merge");
        assertThat(told("model: m\ndata: {train: t.jsonl}\ntrain: {objective: dpo}\nstages: [{tuning: lora}]\n"))
                .contains("line 3  train.objective: all stages are compared by it");
    }

    @Test void aSingleTrainingIsNoRecipeOfStagesAndTheOtherWayRound() {
        assertThatThrownBy(() -> Recipe.parse(FIVE)).isInstanceOf(UserError.class)
                .hasMessageContaining("line 4  stages: this is a recipe of several stages");
        assertThat(told("model: m\ndata: {train: t}\n")).contains("stages: is missing");
    }

    private static String told(String recipe) {
        return Spoken.in(Language.ENGLISH, () ->
                catchThrowableOfType(UserError.class, () -> StagedRecipe.parse(recipe)).getMessage());
    }
}
