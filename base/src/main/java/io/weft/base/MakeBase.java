package io.weft.base;

import io.weft.TrainingRun;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.TrainingJob;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Makes the embedded base of {@code weft quickstart} again, text, tokenizer and weights: about half an hour on two
 * cores. The base is in second/model of the new folder.
 */
final class MakeBase {
    private MakeBase() {}

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: MakeBase NEW_FOLDER");
            System.exit(ExitCode.USER);
        }
        try {
            // halt: an orderly exit would tear libtorch down, perhaps beneath a thread that still computes
            Runtime.getRuntime().halt(make(Path.of(arguments[0])));
        } catch (UserError e) {
            System.err.println(e.getMessage());
            System.exit(ExitCode.USER);
        }
    }

    private static int make(Path folder) {
        if (Files.exists(folder)) {
            throw UserError.of(folder + " exists already; give a new folder");
        }
        BaseRecipe.write(folder);
        int first = train(folder, "first", "model", "repetitions.jsonl");
        return first == ExitCode.DONE ? train(folder, "second", "first/model", "text.jsonl") : first;
    }

    /** The paths in the recipes are those of someone who stands in the folder. */
    private static int train(Path folder, String part, String model, String text) {
        Recipe recipe = RecipeReader.read(Optional.of(folder.resolve(part + ".yaml")),
                List.of("model=" + folder.resolve(model), "data.train=" + folder.resolve(text)), List.of());
        Path run = folder.resolve(part);
        return new TrainingJob(Streams.ofProcess(), false, recipe.train())
                .run(run, listener -> TrainingRun.start(recipe, run, listener));
    }
}
