package io.weft;

import io.weft.export.Export;
import io.weft.export.Exporter;
import io.weft.export.TooNarrow;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.loaded.BaseLookup;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.problem.UserError;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The whole models that pass from one stage of a run to the next.
 *
 * @param note hears sentences for people  @param merged hears of each adapter that became part of its base
 */
record StageModels(RunFolder folder, StagedRecipe recipe, Consumer<String> note,
        Consumer<Export> merged) {
    private static final String MERGED = "merged";

    /** The whole model that a stage begins with; nothing for that of the recipe. */
    Optional<Path> base(Stage stage, StagesFile file) {
        if (stage.number() == 1) {
            return Optional.empty();
        }
        StagesFile.Entry before = file.stage(stage.number() - 1);
        Path left = folder.path().resolve(before.result().orElseThrow()).toAbsolutePath().normalize();
        boolean adapter = recipe.stages().get(before.number() - 1) instanceof Stage.Training training
                && training.recipe().tuning().isAdapter();
        if (!adapter) {
            return Optional.of(left);
        }
        Path merged = left.resolveSibling(MERGED);
        if (!Files.isDirectory(merged)) {
            note.accept(say("stage %s begins with whole weights: the adapter of %s is merged into its base",
                    stage.folder(), before.folder()));
            merge(before.number(), merged, Optional.empty());
        }
        return Optional.of(merged);
    }

    /** Writes what a stage left as a whole model; a folder of the target's name is whole. */
    void merge(int number, Path target, Optional<String> type) {
        if (Files.isDirectory(target)) {
            return;
        }
        Scope.run(() -> {
            ModelSource source = ModelSource.ofStage(folder, number, Optional.empty(), BaseLookup.usual());
            try (LoadedModel loaded = LoadedModel.open(source)) {
                merged.accept(loaded.exportMerged(target, type.map(Exporter::type)));
            } catch (TooNarrow e) {
                throw UserError.of(e.getMessage() + "\n  " + say("in a recipe of stages that is the stage {merge: "
                        + "{type: fp32}} behind %s", recipe.stages().get(number - 1).folder()), e);
            }
        });
    }

    /** What a merge left that was killed. */
    void removeUnfinished(StagesFile file) {
        for (Path place : Stream.concat(Stream.of(folder.stages()), file.stages().stream().map(stage ->
                folder.path().resolve(stage.folder()))).toList()) {
            try (Stream<Path> inside = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
                for (Path left : inside.filter(path -> Files.isDirectory(path) && path.getFileName().toString()
                        .matches("\\..*\\.tmp-[0-9a-f-]{36}")).toList()) {
                    Folders.delete(left);
                }
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(place, e);
            }
        }
    }
}
