package io.weft;

import io.weft.data.Message;
import io.weft.data.prepare.PreparedData;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.export.Export;
import io.weft.loaded.LoadedModel;
import io.weft.recipe.Recipe;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunListener;
import io.weft.tensor.Scope;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Weft from Java: the verbs of the command, each a method that takes and gives plain values. Native memory is owned
 * here: it is freed when the method returns, and {@link #with} lends a loaded model to one callback. Call from one
 * thread at a time; whoever wants more control uses {@link TrainingRun}, {@link EvaluationRun} and {@link LoadedModel}.
 *
 * <p>Every method throws {@link io.weft.problem.UserError}, with a message fit to print, where recipe, files or model
 * cannot be used.
 */
public final class Weft {
    private Weft() {}

    /**
     * A recipe of a model folder and a file of rows, everything else by default or by {@code settings} such as
     * {@code "tuning.lora.rank=16"}.
     */
    public static Recipe recipe(Path model, Path rows, String... settings) {
        return Recipe.of(model.toString(), rows.toString()).with(settings);
    }

    /**
     * Cleans and splits the recipe's rows into {@code run/data}, to be looked at (report.html) before {@link #train},
     * which then takes them as they are.
     */
    public static PreparedData prepare(Recipe recipe, Path run) {
        return DataPreparation.of(recipe, recipe.train().objective().eats()::contains, false, run).data();
    }

    /**
     * What a run of the recipe would take of this machine, memory and time: from the model's config.json and the rows
     * alone, in a few seconds.
     */
    public static Estimate estimate(Recipe recipe) { return Estimate.of(recipe); }

    /** Tunes a model into a new run folder. @param listeners hear what happens, on this thread */
    public static Finished train(Recipe recipe, Path run, RunListener... listeners) {
        return finish(listener -> TrainingRun.start(recipe, run, listener), listeners);
    }

    /** Goes on with a run that was interrupted, bit for bit. @param listeners hear what happens, on this thread */
    public static Finished resume(Path run, RunListener... listeners) {
        return finish(listener -> TrainingRun.resume(run, listener), listeners);
    }

    /** Goes on with a run in another way than by itself. @param listeners hear what happens, on this thread */
    public static Finished resume(Path run, Resumption asked, RunListener... listeners) {
        return finish(listener -> TrainingRun.resume(run, asked, listener), listeners);
    }

    /**
     * Trains in several stages, each from the result of the one before, into a new run folder.
     *
     * @param watch follows it on this thread, {@link StagedRun.Watch#NONE} for nobody
     */
    public static StagedRun.Ended train(StagedRecipe recipe, Path run, StagedRun.Watch watch) {
        return stages(() -> StagedRun.start(recipe, run, watch));
    }

    /** Goes on with a run of several stages, wherever it was interrupted. */
    public static StagedRun.Ended resume(Path run, StagedRun.Watch watch) {
        return stages(() -> StagedRun.resume(run, watch));
    }

    private static StagedRun.Ended stages(Supplier<StagedRun> opening) {
        return Scope.value(() -> {
            try (StagedRun run = opening.get()) {
                return run.run();
            }
        });
    }

    private static Finished finish(Function<RunListener, TrainingRun> opening, RunListener... listeners) {
        RunListener all = Arrays.stream(listeners).reduce(event -> {}, RunListener::and);
        return Scope.value(() -> {
            try (TrainingRun run = opening.apply(all)) {
                return run.train();
            }
        });
    }

    /** Judges base and tuned model of a finished run on its held-out rows, and leaves a report in its folder. */
    public static Comparison evaluate(Path run, EvaluationSettings settings) {
        return EvaluationRun.evaluate(run, settings, EvaluationRun.Listener.NONE);
    }

    /** As {@link #evaluate(Path, EvaluationSettings)}, by default settings. */
    public static Comparison evaluate(Path run) { return evaluate(run, EvaluationSettings.DEFAULTS); }

    /**
     * Lends a model to the body: a run's result, an adapter on its base, or a Hugging Face folder.
     *
     * @param body gives a plain value, no tensor
     */
    public static <T> T with(Path runOrModel, Function<LoadedModel, T> body) {
        return Scope.value(() -> {
            try (LoadedModel model = LoadedModel.open(runOrModel)) {
                return body.apply(model);
            }
        });
    }

    /** What a model answers to one question, by its default sampling. */
    public static String ask(Path runOrModel, String question) {
        return with(runOrModel, model -> model.answer(List.of(Message.user(question))));
    }

    /** Writes a run's result as a whole Hugging Face folder, verified before it takes the target's name. */
    public static Export export(Path run, Path target) {
        return with(run, model -> model.exportMerged(target, Optional.empty()));
    }
}
