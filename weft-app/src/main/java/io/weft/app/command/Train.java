package io.weft.app.command;

import io.weft.StagedRun;
import io.weft.TrainingRun;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.StagedJob;
import io.weft.app.watch.TrainingJob;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.recipe.StagedRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft train}: from a recipe to a run folder. */
@Command(customSynopsis = "weft train [recipe.yaml] [--model DIR] [--data FILE]... [--out RUN] [key=value ...]",
        footer = {"  @|bold weft train --model models/qwen3-0.6b --data alpaca.json|@",
        "      ${bundle:weft.train.example.defaults}",
        "  @|bold weft train recipe.yaml --out runs/first train.epochs=1 tuning.lora.rank=16|@",
        "      ${bundle:weft.train.example.recipe}",
        "  @|bold weft train --model DIR --data rows.jsonl tuning.full=true data.maxLength=512|@",
        "      ${bundle:weft.train.example.full}"})
final class Train implements Verb {
    @Mixin private JsonOption json;
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Option(names = "--data", paramLabel = "FILE") private List<Path> data = List.of();
    @Option(names = "--out", paramLabel = "RUN") private Path out;
    @Parameters(index = "0..*", paramLabel = "recipe.yaml key=value", descriptionKey = "words")
    private List<String> words = new ArrayList<>();
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RecipeArguments given = RecipeArguments.of(words).with("model", Optional.ofNullable(model))
                .withEach("data.train", data);
        if (RecipeReader.isStaged(given.recipe(), given.settings())) {
            StagedRecipe staged = RecipeReader.readStaged(given.recipe(), given.settings(), List.of(),
                    new ModelAndData());
            Path folder = out != null ? out : usualFolder(given, staged.common());
            return StagedJob.run(streams, json.isAsked(), watch -> StagedRun.start(staged, folder, watch));
        }
        Recipe recipe = RecipeReader.read(given.recipe(), given.settings(), List.of(), new ModelAndData());
        Path folder = out != null ? out : usualFolder(given, recipe);
        return new TrainingJob(streams, json.isAsked(), recipe.train())
                .run(folder, listener -> TrainingRun.start(recipe, folder, listener));
    }

    /** runs/NAME, and where that is taken runs/NAME-2 and so on. */
    private static Path usualFolder(RecipeArguments given, Recipe recipe) {
        String name = given.recipe().orElseGet(() -> recipe.data().train().paths().get(0)).getFileName().toString()
                .replaceFirst("(?<=.)\\.[A-Za-z0-9]+$", "");
        Path folder = Path.of("runs", name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = Path.of("runs", name + "-" + i);
        }
        return folder;
    }
}
