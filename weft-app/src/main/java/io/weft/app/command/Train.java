package io.weft.app.command;

import io.weft.TrainingRun;
import io.weft.app.terminal.Streams;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;

/** {@code weft train}: from a recipe to a run folder. */
final class Train implements Command {
    private final Syntax syntax = Syntax.withJson("train",
            "[recipe.yaml] [--model DIR] [--data FILE] [--out RUN] [key=value ...]",
            say("Tunes a model on rows of data and leaves the best adapter,"
                    + " its chart and its report in a run folder."));
    private final Argument<Path> model = syntax.path("--model", "DIR",
            say("folder of the model (config.json, model.safetensors, tokenizer.json); the recipe's model"));
    private final Argument<Path> data = syntax.path("--data", "FILE",
            say("rows to train on: JSON array, JSONL or CSV; the recipe's data.train"));
    private final Argument<Path> out = syntax.path("--out", "RUN",
            say("folder for the run, new or empty; by default runs/ and the name of recipe or data"));
    private final Supplier<List<String>> words = syntax.rest("recipe.yaml key=value",
            say("a recipe ('weft init' writes one), and settings that go before it, such as train.epochs=1"));

    @Override public Syntax syntax() {
        return syntax.example("weft train --model models/qwen3-0.6b --data alpaca.json",
                say("LoRA with the defaults; the run goes to runs/alpaca"))
                .example("weft train recipe.yaml --out runs/first train.epochs=1 tuning.lora.rank=16",
                say("a recipe, and two settings that go before it"))
                .example("weft train --model DIR --data rows.jsonl tuning.full=true data.maxLength=512",
                say("every weight of the model is tuned"));
    }

    @Override public int run(Streams streams) {
        RecipeArguments given = RecipeArguments.of(words.get()).with("model", model.given())
                .with("data.train", data.given());
        Recipe recipe = RecipeReader.read(given.recipe(), given.settings(), List.of(), new ModelAndData());
        Path folder = out.given().orElseGet(() -> usualFolder(given, recipe));
        return new TrainingJob(streams, syntax.json(), recipe.train())
                .run(folder, listener -> TrainingRun.start(recipe, folder, listener));
    }

    /** runs/NAME, and where that is taken runs/NAME-2 and so on. */
    private static Path usualFolder(RecipeArguments given, Recipe recipe) {
        String name = given.recipe().orElse(Path.of(recipe.data().train())).getFileName().toString()
                .replaceFirst("(?<=.)\\.[A-Za-z0-9]+$", "");
        Path folder = Path.of("runs", name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = Path.of("runs", name + "-" + i);
        }
        return folder;
    }
}
