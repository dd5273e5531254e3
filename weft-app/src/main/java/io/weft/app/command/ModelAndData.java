package io.weft.app.command;

import io.weft.model.ModelFolder;
import io.weft.problem.UserError;
import io.weft.recipe.Findings;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeCheck;
import io.weft.tune.Lora;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Whether a recipe's model and file are there, and its length and targets fit: what can be said before a weight or a
 * row is read, so that it is said with everything else.
 */
final class ModelAndData implements RecipeCheck {
    @Override public void check(Recipe recipe, Findings findings) {
        if (!recipe.model().isBlank()) {
            try {
                fits(recipe, ModelFolder.open(Path.of(recipe.model())), findings);
            } catch (UserError e) {
                findings.add("model", e.getMessage());
            }
        }
        String train = recipe.data().train();
        if (!train.isBlank() && !Files.isRegularFile(Path.of(train))) {
            findings.add("data.train", Files.isDirectory(Path.of(train))
                    ? say("%s is a folder; give the file with the rows", train)
                    : say("%s: no such file; give a JSON array, JSONL or CSV", train));
        }
    }

    private static void fits(Recipe recipe, ModelFolder model, Findings findings) {
        int asked = recipe.data().maxLength(), most = model.config().contextLength().orElse(Integer.MAX_VALUE);
        if (asked > most) {
            findings.add("data.maxLength",
                    say("%d is longer than the model's context of %d tokens (%s of %s); set data.maxLength=%d",
                    asked, most, model.config().spelt("max_position_embeddings"), model.config().file(), most));
        }
        if (recipe.tuning() instanceof Lora lora && !lora.targets().equals(List.of(Lora.ALL_LINEAR))
                && model.hasWeights()) {
            Set<String> names = model.linearNames();
            String unmatched = lora.targets().stream()
                    .filter(target -> names.stream().noneMatch(name -> name.equals(target)
                    || name.endsWith("." + target))).collect(Collectors.joining(", "));
            if (!unmatched.isEmpty()) {
                Set<String> last = names.stream().map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .collect(Collectors.toCollection(TreeSet::new));
                findings.add("tuning.lora.targets", say("%s matches no linear of %s (it has %s)", unmatched,
                        model.config().modelType(), String.join(", ", last)));
            }
        }
    }
}
