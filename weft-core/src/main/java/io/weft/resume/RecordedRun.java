package io.weft.resume;

import io.weft.model.folder.FolderSeal;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeDifference;
import io.weft.run.LogRemains;
import io.weft.run.RunFolder;
import io.weft.train.Checkpoints;
import io.weft.train.Checkpoints.Checkpoint;
import io.weft.train.ModelSeals;
import io.weft.train.RunIdentity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What a run is by its own records, whatever its recipe.yaml says by now: the recipe that its checkpoint was made under
 * with the changes that it was given since, and the contents of its base.
 *
 * @param checkpoint that records it
 * @param trained    the recipe of the checkpoint  @param recipe the same with what was changed since
 * @param seals      contents of the models' folders
 */
public record RecordedRun(RunFolder folder, Path checkpoint, Recipe trained, Recipe recipe, ModelSeals seals) {
    private static final String MODEL = "model";

    /** Nothing when the checkpoint is an older Weft's, which did not record it. */
    public static Optional<RecordedRun> of(RunFolder folder, Checkpoint checkpoint, LogRemains log) {
        return checkpoint.identity().map(identity -> of(folder, checkpoint.folder(), identity, log));
    }

    private static RecordedRun of(RunFolder folder, Path checkpoint, RunIdentity identity, LogRemains log) {
        Recipe trained = Recipe.parse(identity.recipe());
        return new RecordedRun(folder, checkpoint, trained, trained.with(log.changedSettings()), identity.seals());
    }

    /** By the newest checkpoint that can be read, for those who only want to know; nothing when there is none. */
    public static Optional<RecordedRun> told(RunFolder folder) {
        return Checkpoints.told(folder).flatMap(checkpoint -> of(folder, checkpoint, log(folder, checkpoint)));
    }

    public static LogRemains log(RunFolder folder, Checkpoint checkpoint) {
        return LogRemains.of(folder.events(), checkpoint.state().step(), checkpoint.logLength());
    }

    /**
     * The recipe by which the run goes on: the recorded one with the changes that are asked for.
     *
     * @throws UserError naming every key that was edited in recipe.yaml and every change that a run cannot take
     */
    public Recipe goingOn(Resumption asked) {
        Recipe wanted = recipe.with(asked.changes().toArray(String[]::new));
        List<RecipeDifference> changes = RecipeDifference.between(recipe, wanted);
        List<String> problems = new ArrayList<>();
        changes.stream().filter(change -> !change.allowed()).map(RecordedRun::refusal).forEach(problems::add);
        Set<String> changed = changes.stream().map(RecipeDifference::key).collect(Collectors.toSet());
        if (!asked.restoreRecipe()) {
            List<RecipeDifference> edits = edits().stream().filter(edit -> !changed.contains(edit.key())).toList();
            edits.stream().map(this::refusalOfEdit).forEach(problems::add);
            command(edits, asked).map(command -> say("To take what a run can take: %s", command))
                    .ifPresent(problems::add);
        }
        OptionalInt steps = wanted.train().batching().steps();
        if (changed.contains("train.epochs") && steps.isPresent()) {
            problems.add(say("train.epochs: train.steps is %d and goes before it; change train.steps",
                    steps.getAsInt()));
        }
        if (problems.isEmpty()) {
            return wanted;
        }
        throw UserError.of(say("%s cannot go on as asked: checkpoint %s was made under another recipe", folder.path(),
                checkpoint), problems);
    }

    /** What recipe.yaml says other than was recorded. */
    private List<RecipeDifference> edits() { return RecipeDifference.between(recipe, read()); }

    private Recipe read() {
        try {
            return Recipe.read(folder.recipe());
        } catch (UserError e) {
            throw UserError.of(e.getMessage() + "\n  " + say("checkpoint %s has the recipe as it was: weft resume %s "
                    + "--restore-recipe writes it again", checkpoint, folder.path()), e);
        }
    }

    public static String refusal(RecipeDifference change) {
        return say("%s: cannot change in a run: %s; for another value start a new run", change.shown(),
                change.meaning());
    }

    private String refusalOfEdit(RecipeDifference edit) {
        return edit.allowed() ? say("%s: edited in recipe.yaml since; taken, it would mean that %s", edit.shown(),
                edit.meaning())
                : say("%s: edited in recipe.yaml since, and cannot change in a run: %s. Write %s there again (weft "
                + "resume %s --restore-recipe does), or start a new run", edit.shown(), edit.meaning(), edit.before(),
                folder.path());
    }

    /** One command that takes all edits that can be taken and undoes the others; nothing when none can. */
    private Optional<String> command(List<RecipeDifference> edits, Resumption asked) {
        List<String> taken = new ArrayList<>(asked.changes());
        edits.stream().filter(RecipeDifference::allowed).map(RecipeDifference::asSetting).forEach(taken::add);
        boolean others = edits.stream().anyMatch(edit -> !edit.allowed());
        return taken.size() == asked.changes().size() ? Optional.empty() : Optional.of("weft resume "
                + folder.path() + (others ? " --restore-recipe" : "") + taken.stream()
                .map(setting -> " --change " + (setting.matches("[\\w.=/:,+-]+") ? setting : "'" + setting + "'"))
                .collect(Collectors.joining()));
    }

    /**
     * Makes sure that recipe.yaml says what the run was trained under, for those who judge by it.
     *
     * @throws UserError naming every key that was edited
     */
    public static Recipe unedited(RunFolder folder) {
        Optional<RecordedRun> told = told(folder);
        Recipe now = told.map(RecordedRun::read).orElseGet(() -> Recipe.read(folder.recipe()));
        told.ifPresent(recorded -> {
            Problems problems = new Problems(folder.recipe().toString());
            recorded.edits().stream().filter(edit -> !edit.key().equals(MODEL)).forEach(edit ->
                    problems.add(say("%s: edited after the run was trained under %s; write it there again (weft resume "
                    + "%s --restore-recipe does)", edit.shown(), edit.before(), folder.path())));
            problems.throwIfAny();
        });
        return now;
    }

    /**
     * What the models of a recipe hold now.
     *
     * @throws UserError naming every file of the first that is not the one that the run was trained on
     */
    public ModelSeals requireModels(Recipe now) {
        FolderSeal base = require(seals.base(), Path.of(now.model()), "model");
        Map<String, FolderSeal> beside = new TreeMap<>();
        now.train().objective().models().forEach((setting, model) -> beside.put(setting,
                seals.beside().containsKey(setting) ? require(seals.beside().get(setting), model, setting)
                : ModelFolder.open(model).seal(ModelSeals.NONE.base())));   // an older Weft did not record it
        return new ModelSeals(base, beside);
    }

    /** @param setting that names the folder */
    private FolderSeal require(FolderSeal before, Path now, String setting) {
        boolean isBase = setting.equals(MODEL);
        FolderSeal seal;
        try {
            seal = ModelFolder.open(now).seal(before);
        } catch (UserError e) {
            throw UserError.of(e.getMessage() + "\n  " + (isBase ? say("%s was trained on it; where the same folder "
                    + "lies elsewhere now: weft resume %s --change model=DIR", checkpoint, folder.path())
                    : say("%s was trained with it as %s; put it back there", checkpoint, setting)), e);
        }
        List<String> differences = before.differences(seal);
        if (!differences.isEmpty()) {
            throw UserError.of(isBase ? say("%s is not the base that %s was trained on; put the files back as they "
                    + "were, name the folder that has them by weft resume %s --change model=DIR, or start a new run",
                    now, checkpoint, folder.path())
                    : say("%s is not the model that %s was trained with as %s; put the files back as they were, or "
                    + "start a new run", now, checkpoint, setting), differences);
        }
        return seal;
    }

    /** A sentence where the weights at a path are not those that a run was trained on, as far as it recorded them. */
    public static Optional<String> otherWeights(RunFolder run, Path base) {
        FolderSeal known = Checkpoints.told(run).flatMap(Checkpoint::identity)
                .map(identity -> identity.seals().base())
                .orElse(ModelSeals.NONE.base());
        List<String> others = known.weights().differences(known.files().isEmpty() ? known
                : ModelFolder.open(base).seal(known).weights());
        return others.isEmpty() ? Optional.empty() : Optional.of(say("%s does not hold the weights that %s was trained "
                + "on: %s", base, run.path(), String.join(", ", others)));
    }
}
