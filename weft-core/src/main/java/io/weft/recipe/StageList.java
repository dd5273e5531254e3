package io.weft.recipe;

import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import io.weft.settings.Entry;

import static io.weft.problem.Translatable.text;

/**
 * The key {@code stages}: a list whose parts are laid over the rest of the recipe, one after the other. What a part may
 * give stands in Settings.STAGE_KEYS; beside these {@link #NAME} and {@link #MERGE}.
 */
final class StageList implements Entry {
    static final String KEY = "stages", NAME = "name", MERGE = "merge", TRAIN = "train", OBJECTIVE = "objective";
    static final Translatable ABOUT =
            text("several trainings one after another, each from the result of the one before"),
            ABOUT_STAGE = text("a part of a recipe, laid over what stands outside of stages"),
            ABOUT_NAME = text("what the stage and its folder are called; left out: after what it does"),
            ABOUT_OBJECTIVE = text("short for train.objective");

    @Override public String name() { return KEY; }

    /** A recipe made in Java has none of these; see {@link StagedRecipe}. */
    @Override public void check(Object component, String path, Problems problems) {}
}
