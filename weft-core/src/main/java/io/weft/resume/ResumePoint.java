package io.weft.resume;

import io.weft.data.prepare.PreparedData;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeDifference;
import io.weft.run.EventLog;
import io.weft.run.LogRemains;
import io.weft.run.RunEvent.Changed;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunFolder;
import io.weft.run.WarningText;
import io.weft.train.Checkpoints;
import io.weft.train.Checkpoints.Checkpoint;
import io.weft.train.ModelSeals;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Where and as what a run goes on. Everything is decided here and refused here; nothing of the run is written before.
 *
 * @param recipe  by which it goes on
 * @param from    the checkpoint, or nothing for its beginning
 * @param log     what is left of the events up to the checkpoint
 * @param seals   contents of the models' folders, where they are known already
 * @param changed settings that the checkpoint was not made under
 * @param told    what the user should know of it
 */
public record ResumePoint(Recipe recipe, Optional<Checkpoint> from, Optional<LogRemains> log,
        Optional<ModelSeals> seals, List<Changed> changed, List<Warned> told) {
    /** What preparing the rows depends on, of the data's settings. */
    private static final Set<String> PREPARED =
            Set.of("data.train", "data.format", "data.rows", "data.prompt", "data.heldOut");

    /** Of a new run. */
    public static ResumePoint fresh(Recipe recipe) {
        return new ResumePoint(recipe, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of());
    }

    /**
     * The point from which a run goes on as it is asked to.
     *
     * @throws UserError when its recipe was edited, its base or its rows are others now, or no checkpoint is whole and
     *     nobody asked to start again
     */
    public static ResumePoint of(RunFolder folder, PreparedData data, Checkpoints checkpoints, Resumption asked) {
        Checkpoints.Found found = checkpoints.newest();
        if (found.whole().isEmpty()) {
            return fromTheStart(folder, data, found.damage(), asked);
        }
        Checkpoint from = found.whole().get();
        if (asked.fromStart()) {
            throw UserError.of(say("checkpoint %s is whole, so the run does not start again; leave --from-start out, "
                    + "or train anew into another folder", from.folder()));
        }
        List<Warned> told = new ArrayList<>(found.damage());
        found.damage().stream().findFirst().ifPresent(newest -> told.add(Warned.of(0, "checkpoint.fallback",
                from.folder(), newest.arguments().get(0))));
        LogRemains log = RecordedRun.log(folder, from);
        Optional<RecordedRun> recorded = RecordedRun.of(folder, from, log);
        if (recorded.isEmpty()) {
            told.add(Warned.of(from.state().step(), "resume.unrecorded", from.folder()));
            Recipe recipe = asSaid(folder, asked);
            return new ResumePoint(recipe, found.whole(), Optional.of(log), Optional.empty(), List.of(), told);
        }
        Recipe recipe = recorded.get().goingOn(asked);
        ModelSeals seals = recorded.get().requireModels(recipe);
        List<Changed> changed = RecipeDifference.between(recorded.get().trained(), recipe).stream()
                .map(one -> new Changed(from.state().step(), one.key(), one.before(), one.after())).toList();
        return new ResumePoint(recipe, found.whole(), Optional.of(log), Optional.of(seals), changed, told);
    }

    private static ResumePoint fromTheStart(RunFolder folder, PreparedData data, List<Warned> damage,
            Resumption asked) {
        if (asked.restoreRecipe()) {
            throw UserError.of(say("%s: no whole checkpoint keeps the recipe, so it cannot be written again",
                    folder.path()));
        }
        if (!asked.fromStart()) {
            requireNothingToLose(folder, damage);
        }
        Recipe recipe = asSaid(folder, asked);
        requirePrepared(folder, data, recipe);
        List<Warned> told = new ArrayList<>(damage);
        told.add(damage.isEmpty() ? Warned.of(0, asked.fromStart() ? "resume.startAgain" : "resume.start")
                : Warned.of(0, "checkpoint.restart", damage.get(0).arguments().get(0)));
        return new ResumePoint(recipe, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), told);
    }

    /** @throws UserError when steps were saved once, so that starting again would undo work without a word */
    private static void requireNothingToLose(RunFolder folder, List<Warned> damage) {
        String remedy = say("Put a whole copy of %s back, or let the run start again from its beginning by weft resume "
                + "%s --from-start", folder.checkpoints(), folder.path());
        if (!damage.isEmpty()) {
            List<String> problems = new ArrayList<>(damage.stream().map(WarningText::of).toList());
            problems.add(remedy);
            throw UserError.of(say("%s cannot go on: no checkpoint of it is whole; nothing was changed", folder.path()),
                    problems);
        }
        if (Files.exists(folder.adapter()) || Files.exists(folder.model()) || lastSaved(folder).isPresent()) {
            throw UserError.of(say("%s cannot go on: it has no checkpoint any more%s; nothing was changed",
                    folder.path(), lastSaved(folder).map(saved -> say(", though its log tells of %s", saved.folder()))
                    .orElse("")), List.of(remedy));
        }
    }

    private static Optional<Saved> lastSaved(RunFolder folder) { return LogRemains.last(folder.events(), Saved.class); }

    /** What recipe.yaml says, with the changes that a run may take. */
    public static Recipe asSaid(RunFolder folder, Resumption asked) {
        Recipe said = Recipe.read(folder.recipe());
        Recipe wanted = said.with(asked.changes().toArray(String[]::new));
        List<String> refused = RecipeDifference.between(said, wanted).stream().filter(change -> !change.allowed())
                .map(RecordedRun::refusal).toList();
        if (!refused.isEmpty()) {
            throw UserError.of(say("%s cannot go on as asked", folder.path()), refused);
        }
        return wanted;
    }

    /** @throws UserError when recipe.yaml does not say how the rows in the run's folder were prepared */
    private static void requirePrepared(RunFolder folder, PreparedData data, Recipe recipe) {
        Recipe prepared = recipe.withData(data.manifest().settings())
                .withTrain(recipe.train().withSeed(data.manifest().seed()));
        List<String> edits = RecipeDifference.between(prepared, recipe).stream()
                .filter(edit -> PREPARED.contains(edit.key()) || edit.key().equals("train.seed"))
                .map(edit -> say("%s: edited in recipe.yaml since; write %s there again, or start a new run",
                edit.shown(), edit.before())).collect(Collectors.toList());
        if (!edits.isEmpty()) {
            throw UserError.of(say("%s cannot go on: %s was prepared under another recipe", folder.path(),
                    data.folder()), edits);
        }
    }

    /** Finished steps so far. */
    public int step() { return from.map(checkpoint -> checkpoint.state().step()).orElse(0); }

    /** The log from here on. */
    public EventLog openLog() { return EventLog.resume(log.orElseThrow()); }
}
