package io.weft;

import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeDifference;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.Resumption;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/** A run of several stages goes on under the very recipe that it began with. */
final class StageEdits {
    private StageEdits() {}

    /** @throws UserError where changes are asked for, saying where they can be had */
    static void requireNoChanges(RunFolder run, StagesFile file, Resumption asked) {
        if (asked.changes().isEmpty()) {
            return;
        }
        StagesFile.Entry next = file.stage(Math.min(file.done() + 1, file.stages().size()));
        Path stage = run.path().resolve(next.folder());
        throw UserError.of(say("%s has several stages, whose recipe stands from the first to the last; %s", run.path(),
                !next.isMerge() && RunFolder.isOne(stage)
                ? say("for the rest of the stage that has begun: weft resume %s --change %s, and then weft resume %s",
                stage, asked.changes().get(0), run.path()) : say("for other values start a new run")));
    }

    /** @throws UserError naming every key that was edited in recipe.yaml */
    static void requireUnedited(RunFolder folder, StagedRecipe began) {
        StagedRecipe now = StagedRecipe.read(folder.recipe());
        List<String> edits = new ArrayList<>(edits("", began.common(), now.common()));
        if (began.stages().size() != now.stages().size()) {
            edits.add(say("stages: %d -> %d of them", began.stages().size(), now.stages().size()));
        }
        for (int i = 0; i < Math.min(began.stages().size(), now.stages().size()); i++) {
            Stage before = began.stages().get(i), after = now.stages().get(i);
            String path = "stages." + (i + 1);
            if (before instanceof Stage.Training one && after instanceof Stage.Training other) {
                edits.addAll(edits(path + ".", one.recipe(), other.recipe()));
            } else if (!before.equals(after)) {
                edits.add(say("%s: another stage", path));
            }
            if (!before.name().equals(after.name())) {
                edits.add(path + ".name: " + before.name() + " -> " + after.name());
            }
        }
        if (!edits.isEmpty()) {
            throw UserError.of(say("%s cannot go on: recipe.yaml was edited since the run began. weft resume %s "
                    + "--restore-recipe writes it as it was; for another recipe start a new run", folder.path(),
                    folder.path()), edits);
        }
    }

    private static List<String> edits(String path, Recipe before, Recipe now) {
        return RecipeDifference.between(before, now).stream().map(edit -> path + edit.shown()).toList();
    }
}
