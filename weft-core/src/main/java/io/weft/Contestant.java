package io.weft;

import io.weft.data.PromptStyle;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Evaluation;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.RecordedRun;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * A model that is judged beside others, before its weights are read: what it is called, where it lies, and the form in
 * which it is asked.
 *
 * @param name    in the table
 * @param folder  that its weights come from: of an adapter, its base
 * @param adapted what is put on that; nothing for a base
 * @param form    of its prompts  @param settings how rows become its ids
 * @param seed    of a base that has no weights yet
 */
record Contestant(String name, ModelFolder folder, Optional<ModelSource> adapted, PromptStyle form,
        DataSettings settings, long seed) {
    /** A run: what it began with and what it became. */
    record Both(Contestant base, Contestant tuned, RunFolder run, Recipe recipe) {}

    /** A folder or an adapter that is no run. */
    static Contestant of(ModelSource source) {
        requireTokens(source.folder());
        return new Contestant(name(source.path()), source.folder(), Optional.of(source),
                LoadedModel.usualStyle(source.folder()),
                DataSettings.DEFAULTS.within(source.folder().config().contextLength()), 0);
    }

    /** @param source of a run  @param moved folder of its base, when it is not where it was */
    static Both ofRun(ModelSource source, Optional<Path> moved) {
        RunFolder run = RunFolder.open(source.path()), trained = source.run().orElseThrow();
        Recipe recipe = StagesFile.isOne(run) ? StagedRecipe.parse(StagesFile.read(run).recipe()).common()
                : RecordedRun.unedited(run);
        requireTokens(source.folder());
        ModelFolder base = StagesFile.isOne(run)
                ? ModelSource.whole(moved.map(Path::toString).orElse(recipe.model())).quantised(recipe.quantise())
                : source.adapter().isPresent() ? source.folder()
                : ModelFolder.open(ModelSource.base(run, moved)).quantised(recipe.quantise());
        DataSettings settings = recipe.data().within(base.config().contextLength());
        PromptStyle form = PreparedData.open(run.data()).promptStyle();
        Recipe last = StagesFile.isOne(run) ? Recipe.read(trained.recipe()) : recipe;
        return new Both(new Contestant(name(base.path()), base, Optional.empty(), form, settings,
                recipe.train().seed()), new Contestant(name(source.path()), source.folder(), Optional.of(source),
                PreparedData.open(trained.data()).promptStyle(), last.data().within(base.config().contextLength()), 0),
                run, recipe);
    }

    /** Models that read rows and write nothing are told apart by their own heads: only the run knows its labels. */
    private static void requireTokens(ModelFolder folder) {
        folder.labels().ifPresent(labels -> {
            throw UserError.of(say("%s reads rows and writes no text; several models are compared by what they write. "
                    + "Judge it alone with weft evaluate RUN", folder.path()));
        });
    }

    private static String name(Path path) { return path.toAbsolutePath().normalize().getFileName().toString(); }

    Contestant named(String other) { return new Contestant(other, folder, adapted, form, settings, seed); }

    /**
     * Whether another is the same model, asked in the same form, and so would answer the same. The time at which a run
     * began, which a chat template may tell, makes no other form.
     */
    boolean isSameAs(Contestant other) {
        return adapted.flatMap(ModelSource::adapter).isEmpty() && other.adapted.flatMap(ModelSource::adapter).isEmpty()
                && real(folder.path()).equals(real(other.folder.path()))
                && folder.isQuantised() == other.folder.isQuantised() && form == other.form
                && settings.encoding().served().equals(other.settings.encoding().served())
                && settings.maxLength() == other.settings.maxLength()
                && settings.overLength() == other.settings.overLength();
    }

    static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }

    /** Its prompts and ids; to be closed. */
    PromptFormat wording() { return LoadedModel.promptFormat(folder, form, settings); }

    /** Reads the weights, answers, and lets them go. */
    Answers answers(PromptFormat wording, HeldOutRows rows, EvaluationSettings settings,
            EvaluationRun.Listener listener) {
        return EvaluationRun.diagnosed(folder, () -> Scope.value(() -> {
            if (adapted.isEmpty()) {
                return judged(folder.hasWeights() ? folder.load(FrozenWeights.AUTO.of(folder))
                        : folder.initialise(seed), Adapters.NONE, wording, rows, settings, listener);
            }
            try (LoadedModel loaded = LoadedModel.open(adapted.get())) {
                loaded.notes().forEach(listener::note);
                return judged(loaded.model(), Adapters.DEFAULT, wording, rows, settings, listener);
            }
        }));
    }

    private Answers judged(CausalLm model, Adapters adapters, PromptFormat wording, HeldOutRows rows,
            EvaluationSettings settings, EvaluationRun.Listener listener) {
        listener.begins(name, rows);
        return Evaluation.of(model, adapters, EvaluationRun.generator(model, folder, wording),
                wording.encoder()::answer, rows, settings, listener::at);
    }
}
