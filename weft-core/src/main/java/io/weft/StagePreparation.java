package io.weft;

import io.weft.answering.OpenedModels;
import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;
import io.weft.data.prepare.Manifest;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/** Prepares the rows of every stage, and those that the stages are compared on, before the first stage begins. */
final class StagePreparation {
    private final StagedRecipe recipe;
    private final RunFolder run;
    private final Map<Stage, PreparedData> prepared = new HashMap<>();

    private StagePreparation(StagedRecipe recipe, RunFolder run) {
        this.recipe = recipe;
        this.run = run;
    }

    /**
     * Leaves a data folder in the run's and in each stage's.
     *
     * @return sentences for people
     * @throws UserError naming the problems of all stages
     */
    static Map<Stage, String> prepare(StagedRecipe recipe, RunFolder run) {
        return new StagePreparation(recipe, run).prepare();
    }

    private Map<Stage, String> prepare() {
        Problems problems = new Problems(say("the stages' rows"));
        Optional<PreparedData> common = prepared(say("outside of stages"), recipe.common(), run.path(), problems);
        for (Stage stage : recipe.stages()) {
            if (stage instanceof Stage.Training training) {
                prepared(stage.folder(), training.recipe(), run.stages().resolve(stage.folder()), problems)
                        .ifPresent(data -> prepared.put(stage, data));
            }
        }
        common.ifPresent(data -> prepared.forEach((stage, own) -> requireSameSplit(data, stage, own, problems)));
        problems.throwIfAny();
        return overlaps(common.orElseThrow());
    }

    private static Optional<PreparedData> prepared(String place, Recipe recipe, Path folder, Problems problems) {
        try {
            PreparedData data = Preparation.prepare(recipe.data(), recipe.train().seed(), new RunFolder(folder)
                    .make(folder), recipe.train().objective().eats()::contains, OpenedModels.here());
            RunData.requireFit(recipe, data);
            return Optional.of(data);
        } catch (UserError e) {
            problems.add(place + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Rows of one file that are read as other kinds are split otherwise. */
    private static void requireSameSplit(PreparedData common, Stage stage, PreparedData own, Problems problems) {
        boolean sameFile = source(common).sha256().equals(source(own).sha256());
        if (sameFile && !heldOut(common).equals(heldOut(own))) {
            problems.add(say("%s: it reads %s otherwise than the rest of the recipe does, and would train on rows that "
                    + "the stages are compared on; give both the same data.format and train.seed, or data.heldOut a "
                    + "file of its own", stage.folder(), source(own).file()));
        }
    }

    private static Manifest.Source source(PreparedData data) { return data.manifest().source(); }

    private static String heldOut(PreparedData data) { return data.manifest().files().get(PreparedData.HELD_OUT)
            .sha256(); }

    /** Stages that train on what is asked in the held-out rows, too. */
    private Map<Stage, String> overlaps(PreparedData common) {
        Set<Long> asked = new HashSet<>();
        try (PreparedRows heldOut = common.heldOut()) {
            heldOut.forEach(row -> asked.add(Fingerprint.ofAsked(row)));
        }
        Map<Stage, String> notes = new HashMap<>();
        prepared.forEach((stage, own) -> {
            Set<Long> seen = new HashSet<>();
            try (PreparedRows train = own.train()) {
                for (Sample row : train) {
                    long one = Fingerprint.ofAsked(row);
                    if (asked.contains(one)) {
                        seen.add(one);
                    }
                }
            }
            if (!seen.isEmpty()) {
                notes.put(stage, say("%s trains on %,d of the %,d questions that the stages are compared on: there "
                        + "they measure memory", stage.folder(), seen.size(), asked.size()));
            }
        });
        return notes;
    }
}
