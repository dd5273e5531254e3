package io.weft;

import io.weft.answering.OpenedModels;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.data.VisitOrder;
import io.weft.data.check.Inspection;
import io.weft.data.check.report.DataCheck;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.estimate.DryPass;
import io.weft.estimate.Fitting;
import io.weft.file.AtomicFile;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ObjectiveHead;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.Objective;
import io.weft.objective.Surroundings;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeWriter;
import io.weft.resume.RecordedRun;
import io.weft.resume.ResumePoint;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.LogRemains;
import io.weft.run.MachineWatch;
import io.weft.run.MemoryShortage;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.run.RunEvents;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.run.TrainerStateFile;
import io.weft.tensor.Device;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.answer.Ending;
import io.weft.token.encode.EncodeReport;
import io.weft.token.encode.PromptFormat;
import io.weft.train.AdamW;
import io.weft.train.Checkpoints;
import io.weft.train.EqualRewards;
import io.weft.train.ModelSeals;
import io.weft.train.Optimizer;
import io.weft.train.Precision;
import io.weft.train.RateCurve;
import io.weft.train.RateSweep;
import io.weft.train.RunIdentity;
import io.weft.train.TrainSettings;
import io.weft.train.TrainState;
import io.weft.train.Trainer;
import io.weft.train.TrainingPlan;
import io.weft.tune.TrainableCount;
import io.weft.tune.TrainedHead;
import io.weft.tune.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import static io.weft.problem.Language.say;

/**
 * One training run, from a recipe to its run folder: prepares the data, trains, keeps checkpoints, and leaves the best
 * adapter or model. A run that was killed goes on from its newest whole checkpoint bit for bit, on the same machine.
 * Owns native memory; all but {@link #requestStop} belongs to the thread that made it.
 */
public final class TrainingRun implements AutoCloseable {
    /** Passes in a run from which on one more is no matter. */
    private static final int WORTHWHILE = 100;
    private final RunFolder folder;
    private final HeldOpen held;
    private final ResumePoint point;
    private final RunListener listener;
    private final PreparedData data;
    private final ModelFolder base;
    private final PromptFormat wording;
    private final TokenizedRows train, heldOut;
    /** What the checks say of the data, where the run begins. */
    private final Optional<Inspection> checked;
    private final Rows rows;
    private final Plan plan;
    /** With what it works with beside the model. */
    private final Objective objective;
    private final CausalLm model;
    private final Checkpoints checkpoints;
    /** Of the models' folders; the weights of a new run are read for it beside the first steps. */
    private final CompletableFuture<ModelSeals> seals;
    private volatile boolean stopRequested;
    private volatile Trainer trainer;
    private Optional<DryPass> dry = Optional.empty();

    /**
     * Everything that is loaded before the first step. Nothing of the run's own files is written.
     *
     * @param held gets what must be closed, also when this fails
     */
    private TrainingRun(RunFolder folder, HeldOpen held, ResumePoint point, PreparedData data, Checkpoints checkpoints,
            RunListener listener) {
        this.folder = folder;
        this.held = held;
        this.point = point;
        this.data = data;
        this.checkpoints = checkpoints;
        this.listener = listener;
        Recipe asked = point.recipe();
        ModelFolder named = ModelSource.toTune(asked, ModelFolder.open(Path.of(asked.model())));
        wording = LoadedModel.promptFormat(named, data.promptStyle(), asked.data())
                .labelled(asked.train().objective().outputs());
        held.hold(wording.tokenizer()::close);
        base = ObjectiveHead.on(named, asked, wording.tokenizer().pad());
        RunTokens tokens = held.hold(RunTokens.of(data, base, wording, asked));
        train = tokens.train();
        heldOut = tokens.heldOut();
        checked = point.from().isEmpty() ? Optional.of(DataCheck.of(data, Optional.of(tokens.figures())))
                : Optional.empty();
        rows = train.rows(asked.data().pack(), asked.data().maxLength());
        TrainingPlan steps = TrainingPlan.of(rows.count(), asked.train().batching(),
                VisitOrder.remembering(rows.count(), asked.train().seed()));
        plan = Plan.of(asked, base, steps, Plan.load(asked, train, steps), point.from().isEmpty());
        if (plan.steps().steps() < point.step()) {
            throw UserError.of(say("%s has done %d steps and cannot end after %d; set train.steps or train.epochs "
                    + "higher", folder.path(), point.step(), plan.steps().steps()));
        }
        int threadsBefore = Engine.threads();
        held.hold(() -> Engine.useThreads(threadsBefore));
        Engine.useThreads(plan.recipe().train().compute().threads().orElseThrow());
        objective = Device.value(plan.device(), () -> recipe().train().objective().within(surroundings()));
        objective.requireFit(train.groups());
        objective.requireFit(heldOut.groups());
        model = Device.value(plan.device(), this::load);
        seals = point.seals().map(CompletableFuture::completedFuture).orElseGet(() -> CompletableFuture.supplyAsync(
                () -> ModelSeals.of(base, recipe().train().objective().models(), ModelSeals.NONE)));
    }

    private Surroundings surroundings() {
        int context = recipe().tuning().room(base.config().contextLength()).orElse(LoadedModel.contextLength(base));
        return new Surroundings(base, wording, context, recipe().train().seed(),
                Optional.of(new Surroundings.Log(folder.rollouts(), plan.steps().steps(),
                plan.steps().batch() * plan.steps().accumulate(), point.step())));
    }

    /** The recipe with the folders of all models that its objective names. */
    private static Recipe located(Recipe given) {
        Objective objective = given.train().objective().locating(name ->
                ModelSource.whole(name).path().toAbsolutePath().normalize().toString());
        return given.withTrain(given.train().withObjective(objective));
    }

    private CausalLm load() {
        TrainSettings settings = recipe().train();
        Precision precision = settings.compute().precision();
        CausalLm loaded = base.hasWeights() || !settings.objective().trainsEveryWeight()
                ? base.load(precision.loading(plan.placement(), plan.device(), !recipe().tuning().isAdapter()))
                : base.initialise(settings.seed(), precision.products());
        recipe().tuning().attach(loaded, settings.seed(), wording.tokenizer()::encode);
        TrainedHead.attach(loaded, recipe().tuning());
        return loaded;
    }

    /**
     * A new run: prepares the data and loads the model. Nothing is left behind when it fails.
     *
     * @param given    its data.maxLength, where left as it usually is, becomes no longer than the model's context
     * @param out      the run folder, new or empty, or one that holds prepared data and no more
     * @param listener hears every event after the run's own files do
     * @throws UserError when recipe, data and model do not go together, naming what is wrong
     */
    public static TrainingRun start(Recipe given, Path out, RunListener listener) {
        boolean existed = Files.exists(out);
        ModelFolder base = ModelSource.toTune(given);
        OptionalInt room = given.tuning().room(base.config().contextLength());
        DataSettings within = given.data().within(room);
        given.tuning().crowding(base.config().contextLength(), within.maxLength()).ifPresent(why -> {
            throw UserError.of("tuning." + given.tuning().name() + ".length: " + why);
        });
        // What is asked is laid out by its answers, which nobody knows yet.
        Recipe recipe = located(given).withData(given.train().objective().makesAnswers() ? within.withPack(false)
                : within);
        RunFolder folder = RunFolder.create(out);
        boolean prepared = Files.isDirectory(folder.data());
        var held = new HeldOpen();
        held.hold(folder.lock());
        boolean done = false;
        try {
            PreparedData data = prepared ? RunData.same(recipe, PreparedData.open(folder.data()))
                    : Preparation.prepare(recipe.data(), recipe.train().seed(), out,
                    recipe.train().objective().eats()::contains, OpenedModels.here());
            RunData.requireFit(recipe, data);
            Path located = base.path().toAbsolutePath().normalize();
            Recipe decided = recipe.withModel(located.toString()).withData(data.manifest().settings()
                    .within(room).withPack(recipe.data().pack()).withEncoding(recipe.data().encoding().decided()));
            TrainingRun run = new TrainingRun(folder, held,
                    ResumePoint.fresh(ObjectiveHead.decided(decided, base, data)), data,
                    new Checkpoints(folder, RunData.hash(data)), listener);
            RecipeWriter.write(run.recipe(), folder.recipe());
            done = true;
            return run;
        } finally {
            if (!done) {
                held.close();
                if (!prepared) {
                    folder.discard(!existed);
                }
            }
        }
    }

    /**
     * A run that was interrupted, from its newest whole checkpoint, or from the start when it was stopped before its
     * first. Everything that its start decided stands.
     *
     * @throws UserError when the folder is no run, its recipe, rows or base are others now, no checkpoint is whole, or
     *     another process trains in it; nothing of the run was changed then
     */
    public static TrainingRun resume(Path run, RunListener listener) { return resume(run, Resumption.PLAIN, listener); }

    /** The same, in another way than by itself. @throws UserError also when that is not possible, by every key */
    public static TrainingRun resume(Path run, Resumption asked, RunListener listener) {
        RunFolder folder = asked.restoreRecipe() ? RunFolder.openWithoutRecipe(run) : RunFolder.open(run);
        var held = new HeldOpen();
        held.hold(folder.lock());
        boolean done = false;
        try {
            PreparedData data = RunData.verified(folder);
            var checkpoints = new Checkpoints(folder, RunData.hash(data));
            TrainingRun resumed = new TrainingRun(folder, held, ResumePoint.of(folder, data, checkpoints, asked), data,
                    checkpoints, listener);
            done = true;
            return resumed;
        } finally {
            if (!done) {
                held.close();
            }
        }
    }

    /**
     * The recipe by which {@link #resume} would go on, for whoever wants to know before; it reads no weights.
     *
     * @throws UserError when it would refuse the recipe
     */
    public static Recipe recipeOf(Path run, Resumption asked) {
        RunFolder folder = asked.restoreRecipe() ? RunFolder.openWithoutRecipe(run) : RunFolder.open(run);
        return RecordedRun.told(folder).filter(recorded -> !asked.fromStart())
                .map(recorded -> recorded.goingOn(asked)).orElseGet(() -> ResumePoint.asSaid(folder, asked));
    }

    /**
     * The setting by which a run that ended for want of memory goes on in less, for {@link Resumption#changing}:
     * passes half as large, and where a row is one already, activations computed twice. Nothing where no setting that
     * may change in a run takes less.
     */
    public static Optional<String> changeForLessMemory(Path run) {
        return Plan.smaller(recipeOf(run, Resumption.PLAIN), RunFolder.open(run));
    }

    /** The recipe with every default written out. */
    public Recipe recipe() { return plan.recipe(); }

    public RunFolder folder() { return folder; }

    /** As it works in this run. */
    Objective objective() { return objective; }

    /** After {@link #train} it holds the best weights. */
    public CausalLm model() { return model; }

    public ModelFolder base() { return base; }

    public PromptFormat wording() { return wording; }

    /** How the rows were tokenised. */
    public EncodeReport encoded() { return train.report().plus(heldOut.report()); }

    /** What the checks say of the data; of a run that goes on, its report says it. */
    public Optional<Inspection> checked() { return checked; }

    public TrainingPlan plan() { return plan.steps(); }

    /** What memory it takes, and how its passes were made to fit. */
    public Fitting fitting() { return plan.fitting(); }

    public TrainableCount trainable() { return TrainableCount.of(model, recipe().tuning()); }

    /** Finished steps of the checkpoint that the run goes on from, 0 for a new one. */
    public int resumesFrom() { return point.step(); }

    /** Asks the run to finish its step, commit and return; {@link #resume} goes on from there. */
    public void requestStop() {
        stopRequested = true;
        Trainer current = trainer;
        if (current != null) {
            current.requestStop();
        }
    }

    /**
     * Goes once through the largest pass of a new run, which changes nothing of it, so that its memory and time are
     * known before the first step; nothing where that would take longer than a hundredth or so of the run, or where it
     * would be another pass than those of the run. Call before {@link #train}.
     */
    public Optional<DryPass> tryLargestPass() {
        boolean several = plan().accumulate() > 1 || plan.fitting().atOnce() > 0;
        if (point.from().isPresent() || objective.makesAnswers()
                || (long) plan().steps() * plan().accumulate() < WORTHWHILE) {
            return dry;
        }
        List<List<ExampleGroup>> passes = Trainer.divided(Arrays.stream(plan.largest(train)).boxed()
                .flatMap(row -> rows.get(row).stream()).toList(), plan.fitting().atOnce());
        List<ExampleGroup> largest = Collections.max(passes, Comparator.comparingInt(groups ->
                groups.stream().mapToInt(ExampleGroup::length).sum()));
        dry = Optional.of(Device.value(model.device(), () -> DryPass.of(new BlockWalk(model,
                recipe().train().compute().recompute()), objective, several ? largest.subList(0, 1) : List.of(),
                largest)));
        model.tuned().values().forEach(Tensor::clearGradient);
        return dry;
    }

    private MachineWatch.Expected expected() {
        long moments = plan.fitting().memory().optimizer();
        return new MachineWatch.Expected(plan.fitting().memory().total(), dry.map(pass -> pass.peak() + moments)
                .orElse(0L), dry.map(DryPass::seconds).orElse(0.0));
    }

    /** Trains to the end and leaves the best adapter or model, the chart and trainer_state.json. Call once. */
    public Finished train() { return Device.value(model.device(), this::trainHere); }

    private Finished trainHere() {
        Optimizer optimizer = new AdamW(model.tuned(), recipe().train().optimizer().weightDecay(),
                recipe().tuning()::learningRateFactor);
        var trained = new Checkpoints.Trained(model, recipe().tuning(), recipe().model(), optimizer);
        point.from().ifPresent(checkpoint -> checkpoints.restore(checkpoint, trained));
        TrainState state = point.from().map(Checkpoints.Checkpoint::state).orElse(TrainState.START);
        // All is loaded and fits: only now the run's files change.
        checkpoints.clean();
        writeRecipe();
        try (EventLog log = point.from().isPresent() ? point.openLog() : freshLog();
                MachineWatch watch = MachineWatch.of(folder, Engine.memory(), expected())) {
            RunListener all = event -> {
                log.on(event);
                listener.on(event);
            };
            announce(all, log, state);
            Trainer.Keeper keeper = (now, moments) ->
                    checkpoints.commit(trained, identity(), now, log.commit(),
                    recipe().train().cadence().keepCheckpoints());
            RunListener hearing = objective.makesAnswers()
                    ? all.and(new EqualRewards(EventLog.events(folder.events()), all)) : all;
            trainer = new Trainer(job(), optimizer, state, hearing, keeper, new RunJudge(model, base, plan, objective,
                    rows, heldOut.groups(), () -> RunEvents.of(EventLog.events(folder.events())),
                    ids -> wording.tokenizer().decode(ids, false)));
            if (stopRequested) {
                trainer.requestStop();
            }
            Finished finished = trained(log);
            finish(finished);
            return finished;
        }
    }

    /**
     * Trains on the run's rows at rising learning rates, and puts the weights back as they were; writes nothing. It
     * ends early where the loss is far above what it was.
     */
    RateCurve sweep(RateSweep sweep, Consumer<RateCurve.Point> told) {
        var walk = new SweepWalk(model, objective, recipe(), rows, plan());
        return Device.value(model.device(), () -> Scope.value(() -> walk.over(sweep, told)));
    }

    /** What ends for want of memory says so in the log, for whoever looks for the reason later. */
    private Finished trained(EventLog log) {
        try {
            return trainer.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            MemoryShortage.of(e).ifPresent(shortage -> log.on(shortage.event(trainer.step())));
            throw e;
        }
    }

    private RunIdentity identity() {
        try {
            return new RunIdentity(RecipeWriter.text(recipe()), seals.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Where recipe.yaml says something else than the run goes by: a setting was changed, or is written again. */
    private void writeRecipe() {
        boolean same;
        try {
            same = Recipe.read(folder.recipe()).equals(recipe());
        } catch (UserError unreadable) {
            same = false;
        }
        if (!same) {
            RecipeWriter.write(recipe(), folder.recipe());
        }
    }

    private Trainer.Job job() {
        return new Trainer.Job(model, objective, recipe().train(), plan.peak(), rows,
                heldOut.groups(), plan.steps());
    }

    /** A run that was killed before its first checkpoint starts its log again. */
    private EventLog freshLog() {
        try {
            Files.deleteIfExists(folder.events());
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder.events(), e);
        }
        return EventLog.create(folder.events());
    }

    private void announce(RunListener all, EventLog log, TrainState state) {
        point.told().forEach(listener::on);   // who listens may read the log, which is open and as it should be by now
        TrainableCount count = trainable();
        all.on(new RunEvent.Started(state.step(), plan().steps(), plan().stepsPerEpoch(), rows.count(),
                heldOut.groups().size(), count.trained(), count.all(), point.from().isPresent()));
        if (point.from().isEmpty()) {
            new StartNotes(recipe(), plan.rates(), base, model, wording, encoded(),
                    train.firstSetAside().or(heldOut::firstSetAside), folder.data()).events().forEach(all::on);
            try (PreparedRows training = data.train()) {
                new PromptProbe(recipe(), base, model, wording).told(training).ifPresent(all::on);
            }
            return;
        }
        point.log().flatMap(LogRemains::loss).ifPresent(all::on);
        if (state.scheduled()) {
            // The log was cut back to the moment before this checkpoint's own event.
            all.on(new RunEvent.Saved(state.step(), folder.path().relativize(point.from().get().folder()).toString()
                    .replace('\\', '/')));
        }
        point.changed().forEach(all::on);
        log.commit();
        Map<String, String> facts = point.from().get().facts();
        if (!facts.equals(Engine.facts())) {
            listener.on(Warned.of(state.step(), "resume.engine", Engine.facts(), facts));
        }
    }

    private void finish(Finished finished) {
        List<RunEvent> events = EventLog.events(folder.events());
        TrainerStateFile.write(folder.trainerState(), recipe().train().cadence(), recipe().train().batching().batch(),
                events);
        if (finished.reason() == Finished.Reason.STOPPED
                || finished.reason() == Finished.Reason.DIVERGED && finished.bestStep() < 0) {
            return;   // what diverged before anything was judged is worth nothing
        }
        if (finished.bestStep() >= 0 && finished.bestStep() != finished.step()) {
            recipe().tuning().read(model, checkpoints.whole(finished.bestStep()));
        }
        Tuning tuning = recipe().tuning();
        if (tuning.isAdapter()) {
            Path adapter = folder.make(folder.adapter());
            tuning.write(model, adapter, recipe().model());
            base.copyTextFiles(adapter);
            if (base.readout().isOfRows()) {
                base.writeConfig(adapter);   // names the labels, where transformers' AutoConfig finds them
            }
            writeEnding(adapter);
        } else {
            base.write(model, folder.make(folder.model()), base.hasWeights() ? base.storedType() : base.declaredType());
            writeEnding(folder.model());
        }
    }

    /** Whoever generates with these files ends answers where they were trained to end. */
    private void writeEnding(Path target) {
        Ending ending = wording.encoder().ending();
        base.writeEnding(target, ending.ids(), ending.texts());
    }

    @Override public void close() { held.close(); }
}
