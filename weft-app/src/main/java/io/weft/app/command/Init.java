package io.weft.app.command;

import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import io.weft.recipe.RecipeSchema;
import io.weft.recipe.RecipeTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** {@code weft init}: a recipe to start from, with every setting explained, and the schema that editors check it by. */
final class Init implements Command {
    private final Syntax syntax = Syntax.of("init", "[FILE] [--model DIR --data FILE]",
            say("Writes a recipe with every setting and what it is for, and the schema that editors complete it by."));
    private final Argument<Path> file = syntax.place("FILE", say("the recipe; recipe.yaml by default"));
    private final Argument<String> model = syntax.text("--model", "DIR", say("the model to name in it"));
    private final Argument<String> data = syntax.text("--data", "FILE", say("the rows to name in it"));

    @Override public Syntax syntax() {
        return syntax.example("weft init", say("writes recipe.yaml and weft.schema.json here"))
                .example("weft init runs/qa.yaml --model models/qwen3-0.6b --data qa.json",
                say("with your model and rows filled in"));
    }

    @Override public int run(Streams streams) {
        Path recipe = file.given().orElse(Path.of("recipe.yaml"));
        if (Files.exists(recipe)) {
            throw UserError.of(say("%s is there already; choose another name, or delete it first", recipe));
        }
        Path folder = Optional.ofNullable(recipe.getParent()).orElse(Path.of(""));
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw UserError.of(say("%s: no such folder; make it first", folder));
        }
        String text = model.given().isEmpty() && data.given().isEmpty() ? RecipeTemplate.text()
                : RecipeTemplate.text(model.required(), data.required());
        Path schema = folder.resolve(RecipeSchema.FILE);
        AtomicFile.write(schema, RecipeSchema.text());
        AtomicFile.write(recipe, text);
        var sheet = new LabelledLines(streams.out());
        sheet.line(say("recipe"), recipe.toString());
        sheet.line(say("schema"), schema.toString());
        sheet.line(say("next"), say("set model and data.train in it, then: weft train %s", recipe));
        return ExitCode.DONE;
    }
}
