package io.weft;

import io.weft.data.ExampleGroup;
import io.weft.data.Packer;
import io.weft.data.Rows;
import io.weft.data.Sample;
import io.weft.data.VisitOrder;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.model.ModelFolder;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.nn.CausalLm;
import io.weft.objective.Objective;
import io.weft.objective.Objectives;
import io.weft.objective.Recompute;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeWriter;
import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.run.TrainerStateFile;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.Engine;
import io.weft.token.EncodeReport;
import io.weft.train.AdamW;
import io.weft.train.Checkpoints;
import io.weft.train.ComputeSettings;
import io.weft.train.Optimizer;
import io.weft.train.Precision;
import io.weft.train.TrainSettings;
import io.weft.train.TrainState;
import io.weft.train.Trainer;
import io.weft.train.TrainingPlan;
import io.weft.train.Warmup;
import io.weft.tune.TrainableCount;
import io.weft.tune.Tuning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * One training run, from a recipe to its run folder: prepares the data, trains, keeps checkpoints, and leaves the best
 * adapter or model. A run that was killed goes on from its newest whole checkpoint bit for bit, on the same machine.
 * Owns native memory; all but {@link #requestStop} belongs to the thread that made it.
 */
public final class TrainingRun implements AutoCloseable {
    private static final double ADAPTER_RATE = 2e-4, FULL_RATE = 2e-5;
    private final RunFolder folder;
    private final Recipe recipe;
    private final RunListener listener;
    private final AutoCloseable lock;
    private final ModelFolder base;
    private final CausalLm model;
    private final PromptFormat wording;
    private final Trainer.Job job;
    private final Checkpoints checkpoints;
    private final Optional<Checkpoints.Checkpoint> from;
    private final EncodeReport encoded;
    private volatile boolean stopRequested;
    private volatile Trainer trainer;

    /** Everything that is loaded before the first step. */
    private TrainingRun(RunFolder folder, AutoCloseable lock, Recipe recipe, PreparedData data, ModelFolder base,
            CausalLm model, Optional<Checkpoints.Checkpoint> from, Checkpoints checkpoints,
            RunListener listener) {
        this.folder = folder;
        this.lock = lock;
        this.base = base;
        this.model = model;
        this.from = from;
        this.checkpoints = checkpoints;
        this.listener = listener;
        wording = PromptFormat.of(base.path(), base.config(), data.promptStyle(), recipe.data());
        List<ExampleGroup> train = wording.examples(data.train(), say("training")),
                heldOut = wording.examples(data.heldOut(), say("held-out"));
        encoded = wording.encoder().report();
        Rows rows = Rows.of(recipe.data().pack() ? Packer.pack(train, recipe.data().maxLength())
                : train.stream().map(List::of).toList());
        TrainSettings given = recipe.train();
        TrainingPlan plan = TrainingPlan.of(rows.count(), given.batching(),
                epoch -> VisitOrder.of(rows.count(), given.seed(), epoch));
        double peak = given.optimizer().learningRate().orElse(recipe.tuning().isAdapter() ? ADAPTER_RATE : FULL_RATE);
        int warmup = Warmup.of(given.optimizer().warmupSteps(), plan.steps()).steps();
        TrainSettings settings = given.withOptimizer(given.optimizer().resolved(peak, warmup));
        this.recipe = recipe.withTrain(settings);
        job = new Trainer.Job(model, recipe.train().objective(), settings, peak, rows, heldOut, plan);
    }

    /**
     * A new run: prepares the data and loads the model. Nothing is left behind when it fails.
     *
     * @param out      the run folder, new or empty
     * @param listener hears every event after the run's own files do
     * @throws UserError when recipe, data and model do not go together, naming what is wrong
     */
    public static TrainingRun start(Recipe recipe, Path out, RunListener listener) {
        boolean existed = Files.exists(out);
        ModelFolder base = ModelFolder.open(Path.of(recipe.model()).toAbsolutePath().normalize());
        RunFolder folder = RunFolder.create(out);
        AutoCloseable lock = folder.lock();
        boolean done = false;
        try {
            PreparedData data = Preparation.prepare(recipe.data(), recipe.train().seed(), out,
                    recipe.train().objective().eats()::contains);
            requireFit(recipe, data);
            Device device = Device.parse(recipe.train().compute().device());
            Recipe located = recipe.withModel(base.path().toString()).withData(data.manifest().settings())
                    .withTrain(recipe.train().withCompute(recipe.train().compute().on(device)));
            CausalLm model = load(base, located);
            TrainingRun run = new TrainingRun(folder, lock, located, data, base, model, Optional.empty(),
                    new Checkpoints(folder, hash(data)), listener);
            RecipeWriter.write(run.recipe, folder.recipe());
            done = true;
            return run;
        } finally {
            if (!done) {
                close(lock);
                remove(out, !existed);
            }
        }
    }

    /**
     * A run that was interrupted, from its newest whole checkpoint, or from the start when it had none yet.
     * @throws UserError when the folder is no run, its data changed, or another process trains in it
     */
    public static TrainingRun resume(Path run, RunListener listener) {
        RunFolder folder = RunFolder.open(run);
        AutoCloseable lock = folder.lock();
        boolean done = false;
        try {
            Recipe recipe = Recipe.read(folder.recipe());
            PreparedData data = PreparedData.open(folder.data());
            ModelFolder base = ModelFolder.open(Path.of(recipe.model()));
            Checkpoints checkpoints = new Checkpoints(folder, hash(data));
            checkpoints.clean();
            Optional<Checkpoints.Checkpoint> from = checkpoints.newest(listener::on);
            CausalLm model = load(base, recipe);
            TrainingRun resumed = new TrainingRun(folder, lock, recipe, data, base, model, from, checkpoints, listener);
            done = true;
            return resumed;
        } finally {
            if (!done) {
                close(lock);
            }
        }
    }

    private static void requireFit(Recipe recipe, PreparedData data) {
        Objective objective = recipe.train().objective();
        if (!objective.eats().contains(data.kind())) {
            throw UserError.of(say("%s: its rows are %s (format %s), and train.objective %s learns from %s; set "
                    + "data.format (%s) or train.objective (%s)", recipe.data().train(), Sample.plural(data.kind()),
                    data.manifest().settings().format(), objective.name(),
                    names(objective.eats().stream().map(Sample::plural).sorted()),
                    names(RowFormats.all().stream().filter(format -> objective.eats().contains(format.gives()))
                    .map(RowFormat::name)),
                    names(Objectives.all().stream().filter(other -> other.eats().contains(data.kind()))
                    .map(Objective::name))));
        }
    }

    private static String names(Stream<String> names) { return names.collect(Collectors.joining(say(", "))); }

    private static CausalLm load(ModelFolder base, Recipe recipe) {
        Device device = Device.parse(recipe.train().compute().device());
        return Device.value(device, () -> {
            CausalLm model = recipe.train().objective().trainsEveryWeight() && !base.hasWeights()
                    ? base.initialise(recipe.train().seed())
                    : base.load(WeightLoading.of(holding(base, recipe))
                    .computing(recipe.train().compute().precision().on(device)));
            recipe.tuning().attach(model, recipe.train().seed());
            return model;
        });
    }

    /**
     * Trained weights are resident: they change. A graph keeps the wide copies of all mapped weights when nothing is
     * computed again, so these must fit at least.
     */
    private static WeightPlacement holding(ModelFolder base, Recipe recipe) {
        ComputeSettings compute = recipe.train().compute();
        WeightPlacement holding = recipe.tuning().isAdapter() ? compute.frozenWeights().of(base)
                : WeightPlacement.RESIDENT;
        boolean keeps = holding == WeightPlacement.MAPPED && compute.recompute() == Recompute.NEVER
                && base.storedType() != DType.F32;
        if (keeps && base.residentBytes() > Engine.memory()) {
            throw UserError.of(say("train.recompute: never keeps every mapped weight as fp32 from the forward to the "
                    + "backward pass, %,d MB, more than this machine's %,d MB; set train.recompute: auto",
                    base.residentBytes() >> 20, Engine.memory() >> 20));
        }
        return holding;
    }

    private static String hash(PreparedData data) {
        return data.manifest().files().get(PreparedData.TRAIN).sha256() + "+" + data.manifest().files()
                .get(PreparedData.HELD_OUT).sha256();
    }

    /** The recipe with every default written out. */
    public Recipe recipe() { return recipe; }

    public RunFolder folder() { return folder; }

    /** After {@link #train} it holds the best weights. */
    public CausalLm model() { return model; }

    public ModelFolder base() { return base; }

    public PromptFormat wording() { return wording; }

    /** How the rows were tokenised. */
    public EncodeReport encoded() { return encoded; }

    public TrainingPlan plan() { return job.plan(); }

    public TrainableCount trainable() { return TrainableCount.of(model, recipe.tuning()); }

    /** Finished steps of the checkpoint that the run goes on from, 0 for a new one. */
    public int resumesFrom() { return from.map(checkpoint -> checkpoint.state().step()).orElse(0); }

    /** Asks the run to finish its step, commit and return; {@link #resume} goes on from there. */
    public void requestStop() {
        stopRequested = true;
        Trainer current = trainer;
        if (current != null) {
            current.requestStop();
        }
    }

    /** Trains to the end and leaves the best adapter or model, the chart and trainer_state.json. Call once. */
    public Finished train() { return Device.value(model.device(), this::trainHere); }

    private Finished trainHere() {
        Optimizer optimizer = new AdamW(model.tuned(), recipe.train().optimizer().weightDecay());
        from.ifPresent(checkpoint -> checkpoints.restore(checkpoint, model, recipe.tuning(), optimizer));
        TrainState state = from.map(Checkpoints.Checkpoint::state).orElse(TrainState.START);
        try (EventLog log = from.isPresent() ? EventLog.resume(folder.events(), from.get().logLength()) : freshLog()) {
            RunListener all = event -> {
                log.on(event);
                listener.on(event);
            };
            announce(all, log, state);
            Trainer.Keeper keeper = (now, moments) ->
                    checkpoints.commit(model, recipe.tuning(), recipe.model(), moments, now, log.commit(),
                    recipe.train().cadence().keepCheckpoints());
            trainer = new Trainer(job, optimizer, state, all, keeper);
            if (stopRequested) {
                trainer.requestStop();
            }
            Finished finished = trainer.run();
            finish(finished);
            return finished;
        }
    }

    /** A run that was killed before its first checkpoint starts its log again. */
    private EventLog freshLog() {
        try {
            Files.deleteIfExists(folder.events());
        } catch (IOException e) {
            throw io.weft.file.AtomicFile.cannotWrite(folder.events(), e);
        }
        return EventLog.create(folder.events());
    }

    private void announce(RunListener all, EventLog log, TrainState state) {
        TrainableCount count = trainable();
        all.on(new RunEvent.Started(state.step(), job.plan().steps(), job.plan().stepsPerEpoch(), job.rows().count(),
                job.heldOut().size(), count.trained(), count.all(), from.isPresent()));
        if (from.isEmpty()) {
            if (model.isUpcast()) {
                all.on(Warned.of(0, "weights.mapped", base.residentBytes() >> 20, Engine.memory() >> 20));
            }
            recipe.presetNote().ifPresent(all::on);
            Precision precision = recipe.train().compute().precision();
            if (precision.isDenied(model.device())) {
                all.on(Warned.of(0, model.device().isCpu() ? "precision.cpu" : "precision.scale", precision.word()));
            }
            return;
        }
        if (state.scheduled()) {
            // The log was cut back to the moment before this checkpoint's own event.
            all.on(new RunEvent.Saved(state.step(), folder.path().relativize(from.get().folder()).toString()
                    .replace('\\', '/')));
        }
        if (!from.get().facts().equals(Engine.facts())) {
            listener.on(Warned.of(state.step(), "resume.engine", Engine.facts(), from.get().facts()));
        }
    }

    private void finish(Finished finished) {
        List<RunEvent> events = EventLog.events(folder.events());
        TrainerStateFile.write(folder.trainerState(), recipe.train().cadence(), recipe.train().batching().batch(),
                events);
        if (finished.reason() == Finished.Reason.STOPPED
                || finished.reason() == Finished.Reason.DIVERGED && finished.bestStep() < 0) {
            return;   // what diverged before anything was judged is worth nothing
        }
        if (finished.bestStep() >= 0 && finished.bestStep() != finished.step()) {
            recipe.tuning().read(model, checkpoints.whole(finished.bestStep()));
        }
        Tuning tuning = recipe.tuning();
        if (tuning.isAdapter()) {
            Path adapter = folder.make(folder.adapter());
            tuning.write(model, adapter, recipe.model());
            base.copyTextFiles(adapter, false);
        } else {
            base.write(model, folder.make(folder.model()), base.hasWeights() ? base.storedType() : base.declaredType());
        }
    }

    @Override public void close() {
        close(lock);
        wording.tokenizer().close();
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void remove(Path folder, boolean itself) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                if (itself || !path.equals(folder)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
