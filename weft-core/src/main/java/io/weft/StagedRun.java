package io.weft;

import io.weft.data.prepare.PreparedData;
import io.weft.evaluate.Progress;
import io.weft.evaluate.stage.StageScore;
import io.weft.evaluate.stage.StageTable;
import io.weft.evaluate.stage.StagesPage;
import io.weft.export.Export;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.run.StagesFile;
import io.weft.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Several trainings one after another, each from the whole model that the one before left: after full tuning that
 * model, after an adapter its base with the adapter merged in, so that what a stage compares itself with (the reference
 * of DPO) is the model before that stage. Each training is a run in a folder of its own below {@code stages/}; rows are
 * prepared, and checked, before the first begins. After each stage the model is judged on the same held-out rows. A run
 * that was killed goes on where it was, and ends as one that was not.
 *
 * <p>Owns native memory while it trains; all but {@link #requestStop} belongs to the thread that made it.
 */
public final class StagedRun implements AutoCloseable {
    private static final Set<Reason> USEFUL = EnumSet.of(Reason.DONE, Reason.PATIENCE, Reason.SPOILT,
            Reason.UNLEARNED);
    private final RunFolder folder;
    private final HeldOpen held;
    private final StagedRecipe recipe;
    private final Resumption asked;
    private final Watch watch;
    private final StageModels models;
    private StagesFile file;
    private Optional<StageTable> table;
    private volatile boolean stopRequested;
    private volatile TrainingRun current;

    private StagedRun(RunFolder folder, HeldOpen held, StagedRecipe recipe, StagesFile file, Resumption asked,
            Watch watch) {
        this.folder = folder;
        this.held = held;
        this.recipe = recipe;
        this.file = file;
        this.asked = asked;
        this.watch = watch;
        models = new StageModels(folder, recipe, watch::note, watch::merged);
        table = StageTable.read(folder);
    }

    /** Follows a run of several stages, on its thread; what it throws ends the run, which can go on from there. */
    public interface Watch {
        Watch NONE = new Watch() {};

        /** A sentence for people. */
        default void note(String sentence) {}

        /** A stage is about to begin or to go on. @param of how many there are */
        default void begins(Stage stage, int of) {}

        /** Who hears the events of a training. @param folder of the stage, a run like any other */
        default RunListener listener(Stage.Training stage, RunFolder folder) { return event -> {}; }

        /** Everything is loaded, nothing trained yet. */
        default void ready(Stage.Training stage, TrainingRun run) {}

        /** A training is over, for whatever reason; its files are written. */
        default void trained(Stage.Training stage, TrainingRun run, Finished finished) {}

        /** An adapter became part of its base: in a stage of its own, or because the next stage needs a whole model. */
        default void merged(Export export) {}

        /** Held-out rows are being judged. See {@link Progress}. */
        default void judging(int answered, int rows, long tokens) {}

        /** What a stage left was judged; number 0 for the model before the first. */
        default void scored(StageScore score) {}
    }

    /**
     * How it ended.
     *
     * @param reason DONE, or that of the training with which it stopped  @param stage the last one that was at work
     * @param table  what each stage changed, as far as they are done; nothing where no rows are held out
     */
    public record Ended(Reason reason, Stage stage, Optional<StageTable> table) {}

    /**
     * A new run: prepares the rows of all stages. Nothing is left behind when it fails.
     *
     * @param out the run folder, new or empty
     * @throws UserError when recipe, data and model do not go together, naming what is wrong in every stage
     */
    public static StagedRun start(StagedRecipe given, Path out, Watch watch) {
        boolean existed = Files.exists(out);
        ModelFolder base = ModelSource.whole(given.common().model());
        if (given.stages().get(0) instanceof Stage.Training first) {
            ModelSource.toTune(first.recipe(), base);
        }
        StagedRecipe recipe = given.withModel(base.path().toAbsolutePath().normalize().toString())
                .at(LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS));
        discardKilledStart(new RunFolder(out));
        RunFolder folder = RunFolder.create(out);
        if (Files.isDirectory(folder.data())) {
            throw UserError.of(say("%s holds prepared rows; a run of several stages prepares its own, so choose "
                    + "another folder", out));
        }
        var held = new HeldOpen();
        held.hold(folder.lock());
        boolean done = false;
        try {
            // first, so that a start that is killed can be told from rows that somebody prepared
            StagesFile file = new StagesFile(recipe.yaml(), recipe.stages().stream().map(StagedRun::entry).toList())
                    .write(folder);
            StagePreparation.prepare(recipe, folder).values().forEach(watch::note);
            recipe.write(folder.recipe());
            done = true;
            return new StagedRun(folder, held, recipe, file, Resumption.PLAIN, watch);
        } finally {
            if (!done) {
                held.close();
                folder.discard(!existed);
            }
        }
    }

    /** What a start left that was killed while it prepared rows: nothing was judged or trained yet. */
    private static boolean isKilledStart(RunFolder folder) {
        return StagesFile.isOne(folder) && !RunFolder.isOne(folder.path()) && !Files.exists(folder.evaluation())
                && StagesFile.read(folder).stages().stream().noneMatch(stage -> stage.ended().isPresent()
                || RunFolder.isOne(folder.path().resolve(stage.folder())));
    }

    private static void discardKilledStart(RunFolder folder) {
        if (isKilledStart(folder)) {
            try (HeldOpen alone = new HeldOpen()) {
                alone.hold(folder.lock());
                folder.discard(false);
            }
        }
    }

    private static StagesFile.Entry entry(Stage stage) {
        return new StagesFile.Entry(stage.number(), stage.name(), "stages/" + stage.folder(),
                stage instanceof Stage.Merge, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Whether a folder holds a run of several stages. */
    public static boolean isOne(Path run) { return StagesFile.isOne(new RunFolder(run)); }

    /** Goes on where the run was interrupted. @throws UserError as {@link #resume(Path, Resumption, Watch)} */
    public static StagedRun resume(Path run, Watch watch) { return resume(run, Resumption.PLAIN, watch); }

    /**
     * The same, in another way than by itself.
     *
     * @throws UserError when the recipe was edited, by every key; for changes, which only a single training takes; when
     *     a stage was of no use; when another process is at work in the folder
     */
    public static StagedRun resume(Path run, Resumption asked, Watch watch) {
        RunFolder folder = new RunFolder(run);
        StagesFile file = StagesFile.read(folder);
        if (isKilledStart(folder)) {
            throw UserError.of(say("%s was stopped before its rows were prepared, and nothing was trained: start it "
                    + "again, into the same folder", run));
        }
        StageEdits.requireNoChanges(folder, file, asked);
        StagedRecipe began = StagedRecipe.parse(file.recipe());
        var held = new HeldOpen();
        held.hold(folder.lock());
        boolean done = false;
        try {
            if (asked.restoreRecipe()) {
                began.write(folder.recipe());
            }
            StageEdits.requireUnedited(folder, began);
            file.failed().ifPresent(stage -> {
                throw UserError.of(say("%s cannot go on: stage %s left nothing better than what it began with (%s, see "
                        + "its log); start a new run with another recipe", run, stage.folder(),
                        stage.ended().orElseThrow()));
            });
            done = true;
            return new StagedRun(folder, held, began, file, asked, watch);
        } finally {
            if (!done) {
                held.close();
            }
        }
    }

    public RunFolder folder() { return folder; }

    public StagedRecipe recipe() { return recipe; }

    /** How many stages are done. */
    public int done() { return file.done(); }

    /** Asks the training at work to finish its step and commit; {@link #resume} goes on from there. */
    public void requestStop() {
        stopRequested = true;
        TrainingRun training = current;
        if (training != null) {
            training.requestStop();
        }
    }

    /** Does every stage that is not done, and judges what each left. Call once. */
    public Ended run() {
        models.removeUnfinished(file);
        try (HeldOpen open = new HeldOpen()) {
            Optional<StageScoring> scoring = scoring(open);
            scoring.filter(judge -> table.isEmpty()).ifPresent(judge -> {
                table = Optional.of(new StageTable(judge.rows().rows(), judge.rows().of(), List.of()));
                add(judge.base(watch::judging));
            });
            for (Stage stage : recipe.stages()) {
                if (!file.stage(stage.number()).isDone()) {
                    Reason reason = stopRequested ? Reason.STOPPED : work(stage);
                    if (!USEFUL.contains(reason)) {
                        return new Ended(reason, stage, table);
                    }
                }
                if (table.filter(scores -> !scores.has(stage.number())).isPresent()) {
                    add(scoring.orElseThrow().stage(stage, watch::judging));
                }
            }
            return new Ended(Reason.DONE, recipe.stages().get(recipe.stages().size() - 1), table);
        }
    }

    /** Nothing where no rows are held out, or all is judged already. */
    private Optional<StageScoring> scoring(HeldOpen open) {
        boolean judged = table.isPresent() && recipe.stages().stream().allMatch(stage ->
                table.get().has(stage.number()));
        if (judged || PreparedData.open(folder.data()).manifest().counts().heldOut() == 0) {
            return Optional.empty();
        }
        return Optional.of(open.hold(new StageScoring(recipe, folder, Optional.empty())));
    }

    private void add(StageScore score) {
        table = table.map(scores -> scores.plus(score));
        StagesPage.write(table.orElseThrow(), folder);
        watch.scored(score);
    }

    private Reason work(Stage stage) {
        watch.begins(stage, recipe.stages().size());
        if (stage instanceof Stage.Merge merge) {
            Path target = folder.stages().resolve(stage.folder());
            models.merge(stage.number() - 1, target, merge.settings().type());
            end(stage, Reason.DONE, target);
            return Reason.DONE;
        }
        return train((Stage.Training) stage);
    }

    private Reason train(Stage.Training stage) {
        Optional<Path> base = models.base(stage, file);
        if (stopRequested) {
            return Reason.STOPPED;
        }
        file = file.with(file.stage(stage.number()).beginningWith(base.map(this::relative))).write(folder);
        RunFolder out = new RunFolder(folder.stages().resolve(stage.folder()));
        RunListener listener = watch.listener(stage, out);
        Reason reason = Scope.value(() -> {
            try (TrainingRun run = opened(stage, out, base, listener)) {
                current = run;
                if (stopRequested) {
                    run.requestStop();
                }
                watch.ready(stage, run);
                Finished finished = run.train();
                watch.trained(stage, run, finished);
                return finished.reason();
            } finally {
                current = null;
            }
        });
        if (reason != Reason.STOPPED) {
            end(stage, reason, stage.recipe().tuning().isAdapter() ? out.adapter() : out.model());
        }
        return reason;
    }

    private TrainingRun opened(Stage.Training stage, RunFolder out, Optional<Path> base, RunListener listener) {
        if (!RunFolder.isOne(out.path())) {
            return TrainingRun.start(base.map(path -> stage.recipe().withModel(path.toString()))
                    .orElseGet(stage::recipe), out.path(), listener);
        }
        // the run was moved: the model that the stage began with lies in it
        Optional<String> moved = base.map(Path::toString).filter(path -> !path.equals(Recipe.read(out.recipe())
                .model()));
        return TrainingRun.resume(out.path(), new Resumption(moved.map(path -> List.of("model=" + path))
                .orElse(List.of()), asked.fromStart(), false), listener);
    }

    private void end(Stage stage, Reason reason, Path result) {
        file = file.with(file.stage(stage.number()).ending(reason.word(), USEFUL.contains(reason)
                ? Optional.of(relative(result)) : Optional.empty())).write(folder);
    }

    private String relative(Path path) {
        return folder.path().toAbsolutePath().normalize().relativize(path.toAbsolutePath().normalize()).toString()
                .replace('\\', '/');
    }

    @Override public void close() { held.close(); }
}
