package io.weft.recipe;

import io.weft.data.EncodingSettings;
import io.weft.file.AtomicFile;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import io.weft.settings.YamlText;
import io.weft.train.TrainSettings;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import static io.weft.problem.Language.say;

/**
 * Several trainings one after another, each from the result of the one before.
 * <pre>
 *   model: models/qwen3-0.6b
 *   data: {train: questions.jsonl}
 *   stages:
 *     - {objective: pretrain, data: {train: manuals.txt}}
 *     - {tuning: lora}
 *     - merge
 *     - {objective: dpo, data: {train: preferences.jsonl}, train: {learningRate: 1e-5}}
 * </pre>
 *
 * @param common what stands outside of stages: the model that the first begins with, what every stage has in common,
 *     and the rows on which the stages are compared
 * @param stages one or more; their names stand in {@link Stage}
 */
public record StagedRecipe(Recipe common, List<Stage> stages) {
    public StagedRecipe { stages = List.copyOf(stages); }

    /** The recipe that a YAML text holds. @throws io.weft.problem.UserError naming every problem with its line */
    public static StagedRecipe parse(String yaml) {
        return of(new RecipeLayers("recipe").yaml(yaml, true), (all, none) -> {});
    }

    /** The recipe of a YAML file. @throws io.weft.problem.UserError naming every problem with its line */
    public static StagedRecipe read(Path file) {
        return of(new RecipeLayers(file.toString()).file(file), (all, none) -> {});
    }

    /**
     * A copy with some settings changed, checked as a file is; a stage is named by its number: {@code
     * recipe.with("stages.2.train.steps=20")}.
     *
     * @throws io.weft.problem.UserError naming every problem
     */
    public StagedRecipe with(String... settings) {
        return of(new RecipeLayers(say("the recipe")).yaml(yaml(), false)
                .given(List.of(settings), Origin.NOWHERE), (all, none) -> {});
    }

    /** The same from another model. */
    public StagedRecipe withModel(String model) { return changed(recipe -> recipe.withModel(model)); }

    /** With a time that every chat template sees, where none was given. */
    public StagedRecipe at(LocalDateTime now) {
        return changed(recipe -> {
            EncodingSettings given = recipe.data().encoding();
            return recipe.withData(recipe.data().withEncoding(new EncodingSettings(given.border(), given.thinking(),
                    given.clock().or(() -> Optional.of(now)))));
        });
    }

    private StagedRecipe changed(UnaryOperator<Recipe> change) {
        return new StagedRecipe(change.apply(common), stages.stream().map(stage ->
                stage instanceof Stage.Training training ? new Stage.Training(stage.number(), stage.name(),
                change.apply(training.recipe())) : stage).toList());
    }

    /** @param check what else is to be checked, of the common part and of every stage */
    static StagedRecipe of(RecipeLayers layers, BiConsumer<Recipe, Findings> check) {
        Node.Mapping tree = layers.tree();
        Findings findings = layers.findings();
        Map<String, Node> entries = new LinkedHashMap<>(tree.entries());
        Node list = entries.remove(StageList.KEY);
        var rest = new Node.Mapping(entries, tree.origin());
        var common = Recipe.bound(rest, findings);
        common.ifPresent(recipe -> check.accept(recipe, findings));
        if (list == null) {
            findings.add(StageList.KEY, say("is missing; expected a list of stages"));
        }
        List<Stage> stages = list == null || common.isEmpty() ? List.of()
                : new StageBinding(rest, common.get(), findings, check).stages(list);
        common.map(Recipe::train).filter(train -> !judges(train)).ifPresent(train ->
                findings.add("train." + StageList.OBJECTIVE, say("all stages are compared by it on the same held-out "
                + "rows, which %s cannot; give it in the stages that are trained by it", train.objective().name())));
        layers.throwIfAny();
        return new StagedRecipe(common.orElseThrow(), stages);
    }

    private static boolean judges(TrainSettings train) {
        return train.objective().isLikelihood() && !train.objective().trainsEveryWeight();
    }

    /** As YAML, with every setting of every stage. */
    public String yaml() {
        StringBuilder yaml = new StringBuilder(common.yaml()).append(StageList.KEY).append(":\n");
        for (Stage stage : stages) {
            yaml.append("  - ").append(StageList.NAME).append(": ").append(YamlText.of(stage.name())).append('\n');
            yaml.append(stage instanceof Stage.Training training
                    ? RecipeYaml.part(2, Settings.STAGE_LAYS, training.recipe().values())
                    : RecipeYaml.part(2, List.of(MergeSettings.SECTION), Map.of(StageList.MERGE,
                    ((Stage.Merge) stage).settings())));
        }
        return yaml.toString();
    }

    /** Writes it whole or not at all. @throws io.weft.problem.UserError when the disk refuses */
    public void write(Path file) { AtomicFile.write(file, yaml()); }
}
