package io.weft.app.command;

import io.weft.loaded.ModelSource;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.UserError;
import io.weft.recipe.Findings;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeCheck;
import io.weft.tensor.Scope;
import io.weft.tune.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * Whether a recipe's model and file are there, and its length and targets fit: what can be said before a weight or a
 * row is read, so that it is said with everything else.
 */
final class ModelAndData implements RecipeCheck {
    @Override public void check(Recipe recipe, Findings findings) {
        if (!recipe.model().isBlank()) {
            try {
                fits(recipe, ModelSource.toTune(recipe), findings);
            } catch (UserError e) {
                findings.add("model", e.getMessage());
            }
        }
        for (Path train : recipe.data().train().paths()) {
            if (!Files.isRegularFile(train)) {
                findings.add("data.train", Files.isDirectory(train)
                        ? say("%s is a folder; give the file with the rows", train)
                        : say("%s: no such file; give a JSON array, JSONL or CSV", train));
            }
        }
    }

    private static void fits(Recipe recipe, ModelFolder model, Findings findings) {
        int asked = recipe.data().maxLength(), most = model.config().contextLength().orElse(Integer.MAX_VALUE);
        if (asked > most && findings.isGiven("data.maxLength")) {
            findings.add("data.maxLength",
                    say("%d is longer than the model's context of %d tokens (%s of %s); set data.maxLength=%d",
                    asked, most, model.config().spelt("max_position_embeddings"), model.config().file(), most));
        }
        Tuning tuning = recipe.tuning();
        OptionalInt context = model.config().contextLength();
        tuning.crowding(context, recipe.data().within(tuning.room(context)).maxLength())
                .ifPresent(why -> findings.add("tuning." + tuning.name() + ".length", why));
        if (model.hasWeights()) {
            Scope.run(() -> tuning.misfits(model.outline()).forEach((setting, what) ->
                    findings.add("tuning." + tuning.name() + "." + setting, what)));
        }
    }
}
