package io.weft;

import io.weft.answering.OpenedModels;
import io.weft.data.Sample;
import io.weft.data.check.Inspection;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.report.DataCheck;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.file.Folders;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Data made ready and checked without training: what {@code weft prepare} does, and the first thing of every run.
 *
 * @param data    in the run folder, as a training run takes it  @param checked what the checks say of it
 */
public record DataPreparation(PreparedData data, Inspection checked) {
    /**
     * Reads, cleans, mends and splits the rows and looks at what came out.
     *
     * @param recipe its data, its seed, and, where it is asked for, its model
     * @param wanted which kinds of sample are asked for
     * @param model  whether rows are looked at in the model's tokens, too; no weight is read
     * @param out    a run folder that has no data yet; nothing is left in it when this fails
     * @throws UserError when rows or model cannot be used
     */
    public static DataPreparation of(Recipe recipe, Predicate<Class<? extends Sample>> wanted, boolean model,
            Path out) {
        Optional<ModelFolder> base = model ? Optional.of(ModelSource.toTune(recipe)) : Optional.empty();
        boolean existed = Files.exists(out);
        PreparedData data = Preparation.prepare(recipe.data(), recipe.train().seed(), out, wanted,
                OpenedModels.here());
        boolean done = false;
        try {
            var checked = DataCheck.of(data, base.map(folder -> tokens(data, folder, recipe)));
            done = true;
            return new DataPreparation(data, checked);
        } finally {
            if (!done) {
                remove(existed ? data.folder() : out);
            }
        }
    }

    private static TokenFigures tokens(PreparedData data, ModelFolder base, Recipe recipe) {
        DataSettings settings = data.manifest().settings()
                .within(recipe.tuning().room(base.config().contextLength()))
                .withEncoding(recipe.data().encoding().decided());
        PromptFormat wording = LoadedModel.promptFormat(base, data.promptStyle(), settings)
                .labelled(recipe.train().objective().outputs());
        try (var tokenizer = wording.tokenizer();
                RunTokens tokens = RunTokens.of(data, base, wording, recipe.withData(settings))) {
            return tokens.figures();
        }
    }

    private static void remove(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
