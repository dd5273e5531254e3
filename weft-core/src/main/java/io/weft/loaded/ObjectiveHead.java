package io.weft.loaded;

import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.model.folder.ModelFolder;
import io.weft.objective.Objective;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import java.util.List;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/** The head that an objective learns: on the base of a run, and what it tells apart. */
public final class ObjectiveHead {
    private ObjectiveHead() {}

    /** The recipe with what its objective leaves open decided by the rows. @param base as the user named it */
    public static Recipe decided(Recipe recipe, ModelFolder base, PreparedData data) {
        Objective asked = recipe.train().objective();
        if (!asked.readout().isOfRows()) {
            return recipe;
        }
        List<String> own = base.labels().orElse(List.of());
        // rows of a file of its own were not drawn from the training rows: a label that only they have is refused
        boolean drawn = data.manifest().heldOutSource().isEmpty();
        try (PreparedRows train = data.train(); PreparedRows heldOut = data.heldOut()) {
            Objective decided = asked.over(drawn ? List.of(train, heldOut) : List.of(train), own);
            return recipe.withTrain(recipe.train().withObjective(decided));
        }
    }

    /**
     * The base with the head that the recipe's objective learns.
     *
     * @param pad token that fills up batches of other tools, where the base names none
     * @throws UserError when the base's own head is another one
     */
    public static ModelFolder on(ModelFolder base, Recipe recipe, OptionalInt pad) {
        Objective objective = recipe.train().objective();
        if (objective.readout().isOfRows()) {
            return base.telling(objective.outputs(), recipe.train().seed(), pad);
        }
        requireTokens(base, say("train.objective %s learns which token follows", objective.name()));
        return base;
    }

    /** @param asked what needs a head for tokens, as a sentence  @throws UserError when the model has one for rows */
    public static void requireTokens(ModelFolder model, String asked) {
        model.labels().ifPresent(labels -> {
            String what = labels.size() == 1 ? say("%s gives rows a score", model.path())
                    : say("%s tells %d labels apart (%s)", model.path(), labels.size(),
                    String.join(say(", "), labels));
            throw UserError.of(say("%s and generates no text, but %s. Its verdict on texts is given by weft serve "
                    + "(POST /predict) and weft evaluate", what, asked));
        });
    }
}
