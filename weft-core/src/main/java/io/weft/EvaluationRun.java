package io.weft;

import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.Evaluation;
import io.weft.evaluate.EvaluationFiles;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Progress;
import io.weft.generate.Generator;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ObjectiveHead;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.Objective;
import io.weft.objective.Surroundings;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.RecordedRun;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;

/**
 * What tuning changed: the held-out rows of a run, answered by its base and by what it became, with the same prompts
 * and seeds. {@link #evaluate} does it for a run that is finished. Around training with one model in memory:
 * <pre>
 *   EvaluationRun evaluation = EvaluationRun.of(run, EvaluationSettings.DEFAULTS);
 *   Answers before = evaluation.baseAnswers(Progress.NONE);
 *   run.train();
 *   Comparison comparison = evaluation.compare(before, evaluation.answers(Progress.NONE));
 * </pre>
 * Belongs to the thread of its model.
 */
public final class EvaluationRun {
    private final TrainingRun run;
    private final HeldOutRows rows;
    private final EvaluationSettings settings;

    private EvaluationRun(TrainingRun run, HeldOutRows rows, EvaluationSettings settings) {
        this.run = run;
        this.rows = rows;
        this.settings = settings;
    }

    /** Follows {@link #evaluate}, which judges two models. */
    public interface Listener {
        Listener NONE = new Listener() {};

        /** Something about the answers that a user should know. */
        default void note(String sentence) {}

        /** The base is about to be judged, then the tuned model. */
        default void begins(String model, HeldOutRows rows) {}

        /** See {@link Progress}. */
        default void at(int answered, int rows, long tokens) {}
    }

    /**
     * Judges base and tuned model of a finished run, and leaves scores.json, samples.jsonl and report.html in its
     * evaluation folder.
     * @throws UserError when the folder is no finished run, it held out no rows, or its base is not there any more
     */
    public static Comparison evaluate(Path path, EvaluationSettings settings, Listener listener) {
        return evaluate(path, Optional.empty(), settings, listener);
    }

    /** The same. @param moved folder of the run's base, when it is not where it was */
    public static Comparison evaluate(Path path, Optional<Path> moved, EvaluationSettings settings,
            Listener listener) {
        RunFolder run = RunFolder.open(path);
        if (StagesFile.isOne(run)) {
            return evaluateStages(run, moved, settings, listener);
        }
        Recipe recipe = RecordedRun.unedited(run);
        PreparedData data = PreparedData.open(run.data());
        requireHeldOut(data, run);
        ModelSource.requireResult(run);
        Optional<ModelSource> adapted = recipe.tuning().isAdapter() ? Optional.of(ModelSource.of(path, moved))
                : Optional.empty();
        ModelFolder base = adapted.map(ModelSource::folder)
                .orElseGet(() -> ObjectiveHead.on(ModelFolder.open(ModelSource.base(run, moved)), recipe,
                OptionalInt.empty()));
        PromptFormat wording = LoadedModel.promptFormat(base, data.promptStyle(), recipe.data())
                .labelled(recipe.train().objective().outputs());
        try {
            Comparison comparison = Scope.value(() -> {
                HeldOutRows rows = heldOut(objective(recipe, base, wording), data, wording, base, settings);
                LoadedModel.withoutEnd(base, wording).ifPresent(listener::note);
                Judge judge = judge(base, wording, rows, settings, listener);
                return adapted.map(source -> ofAdapter(source, rows, settings, judge, listener))
                        .orElseGet(() -> ofModels(run, base, recipe, rows, settings, judge));
            });
            EvaluationFiles.write(comparison, run);
            return comparison;
        } finally {
            wording.tokenizer().close();
        }
    }

    /** Of several stages: the model before the first and what the last left, by the rows that all have in common. */
    private static Comparison evaluateStages(RunFolder run, Optional<Path> moved, EvaluationSettings settings,
            Listener listener) {
        Recipe common = StagedRecipe.parse(StagesFile.read(run).recipe()).common();
        PreparedData data = PreparedData.open(run.data());
        requireHeldOut(data, run);
        ModelSource result = ModelSource.of(run.path(), Optional.empty());
        ModelFolder base = ModelSource.whole(moved.map(Path::toString).orElse(common.model()))
                .quantised(common.quantise());
        PromptFormat wording = LoadedModel.promptFormat(base, data.promptStyle(),
                common.data().within(base.config().contextLength()));
        try {
            Comparison comparison = Scope.value(() -> {
                HeldOutRows rows = heldOut(objective(common, base, wording), data, wording, base, settings);
                LoadedModel.withoutEnd(base, wording).ifPresent(listener::note);
                Judge judge = judge(base, wording, rows, settings, listener);
                Answers before = untouched(base, common, judge);
                Answers after = Scope.value(() -> {
                    try (LoadedModel loaded = LoadedModel.open(result)) {
                        loaded.notes().forEach(listener::note);
                        return judge.answers(tuned(), loaded.model(), Adapters.DEFAULT);
                    }
                });
                return Comparison.of(rows, settings, before, after);
            });
            EvaluationFiles.write(comparison, run);
            return comparison;
        } finally {
            wording.tokenizer().close();
        }
    }

    private static Judge judge(ModelFolder base, PromptFormat wording, HeldOutRows rows, EvaluationSettings settings,
            Listener listener) {
        return (name, model, adapters) -> {
            listener.begins(name, rows);
            return diagnosed(base, () -> Evaluation.of(model, adapters, generator(model, base, wording),
                    wording.encoder()::answer, rows, settings, listener::at));
        };
    }

    private interface Judge {
        Answers answers(String name, CausalLm model, Adapters adapters);
    }

    private static Comparison ofAdapter(ModelSource source, HeldOutRows rows, EvaluationSettings settings, Judge judge,
            Listener listener) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                loaded.notes().forEach(listener::note);
                Answers before = judge.answers(base(), loaded.model(), Adapters.NONE);
                return Comparison.of(rows, settings, before,
                        judge.answers(tuned(), loaded.model(), Adapters.DEFAULT));
            }
        });
    }

    /** After full tuning the base's weights are elsewhere: one model after the other, so that memory holds only one. */
    private static Comparison ofModels(RunFolder run, ModelFolder base, Recipe recipe, HeldOutRows rows,
            EvaluationSettings settings, Judge judge) {
        Answers before = untouched(base, recipe, judge);
        Answers after = Scope.value(() ->
                judge.answers(tuned(), ModelFolder.open(run.model()).load(), Adapters.DEFAULT));
        return Comparison.of(rows, settings, before, after);
    }

    private static Answers untouched(ModelFolder base, Recipe recipe, Judge judge) {
        return Scope.value(() -> judge.answers(base(), base.hasWeights() ? base.load(FrozenWeights.AUTO.of(base))
                : base.initialise(recipe.train().seed()), Adapters.NONE));
    }

    /** Where judging fails, a base that is no finite number is the first that is looked at. */
    static Answers diagnosed(ModelFolder base, Supplier<Answers> answers) {
        try {
            return answers.get();
        } catch (UserError e) {
            throw base.brokenWeight().map(broken -> UserError.of(say("%s: %s holds numbers that are not finite, so the "
                    + "model can answer nothing; fetch that file again, or take another base", broken.file(),
                    broken.tensor()), e)).orElse(e);
        }
    }

    private static String base() { return say("base"); }

    private static String tuned() { return say("tuned"); }

    /**
     * For a run in memory: its model answers as it is at the time.
     * @throws UserError when the run holds out no rows
     */
    public static EvaluationRun of(TrainingRun run, EvaluationSettings settings) {
        PreparedData data = PreparedData.open(run.folder().data());
        requireHeldOut(data, run.folder());
        return new EvaluationRun(run, heldOut(run.objective(), data, run.wording(), run.base(), settings), settings);
    }

    static void requireHeldOut(PreparedData data, RunFolder run) {
        if (data.manifest().counts().heldOut() == 0) {
            throw UserError.of(say("%s held out no rows to judge by (data.heldOut: %s); train with data.heldOut=0.1",
                    run.path(), data.manifest().settings().heldOut()));
        }
    }

    /** As it works where nothing is trained. */
    private static Objective objective(Recipe recipe, ModelFolder base, PromptFormat wording) {
        return recipe.train().objective().within(new Surroundings(base, wording,
                LoadedModel.contextLength(base), recipe.train().seed(), Optional.empty()));
    }

    private static HeldOutRows heldOut(Objective objective, PreparedData data, PromptFormat wording, ModelFolder base,
            EvaluationSettings settings) {
        try (PreparedRows rows = data.heldOut(); PreparedRows training = data.train()) {
            return HeldOutRows.of(objective, wording.encoder(), rows,
                    LoadedModel.contextLength(base), settings).trainedOn(training);
        }
    }

    static Generator generator(CausalLm model, ModelFolder folder, PromptFormat wording) {
        return new Generator(model, LoadedModel.contextLength(folder), wording.encoder().ending(),
                wording.tokenizer());
    }

    public HeldOutRows rows() { return rows; }

    /**
     * What the run's base answers, also where a fresh adapter changes that, as a prefix does. To be asked before {@link
     * TrainingRun#train}, which may change the base's own weights.
     */
    public Answers baseAnswers(Progress progress) {
        return answers(run.recipe().tuning().isAdapter() ? Adapters.NONE : Adapters.DEFAULT, progress);
    }

    /** What the run's model answers now, through what is tuned. */
    public Answers answers(Progress progress) { return answers(Adapters.DEFAULT, progress); }

    private Answers answers(Adapters adapters, Progress progress) {
        return diagnosed(run.base(), () -> Evaluation.of(run.model(), adapters,
                generator(run.model(), run.base(), run.wording()), run.wording().encoder()::answer, rows, settings,
                progress));
    }

    /** Compares, and leaves scores.json, samples.jsonl and report.html in the run's evaluation folder. */
    public Comparison compare(Answers before, Answers after) {
        Comparison comparison = Comparison.of(rows, settings, before, after);
        EvaluationFiles.write(comparison, run.folder());
        return comparison;
    }
}
