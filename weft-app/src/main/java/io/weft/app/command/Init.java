package io.weft.app.command;

import io.weft.app.option.HelpOptions;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import io.weft.recipe.RecipeSchema;
import io.weft.recipe.RecipeTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import static io.weft.problem.Language.say;

/** {@code weft init}: a recipe to start from, with every setting explained, and the schema that editors check it by. */
@Command(customSynopsis = "weft init [FILE] [--model DIR --data FILE]",
        footer = {"  @|bold weft init|@", "      ${bundle:weft.init.example.plain}",
        "  @|bold weft init runs/qa.yaml --model models/qwen3-0.6b --data qa.json|@",
        "      ${bundle:weft.init.example.filled}"})
final class Init implements Verb {
    @Parameters(index = "0", paramLabel = "FILE", descriptionKey = "file", arity = "0..1")
    private Path file = Path.of("recipe.yaml");
    @Option(names = "--model", paramLabel = "DIR") private String model;
    @Option(names = "--data", paramLabel = "FILE") private String data;
    @Mixin private HelpOptions help;
    @Spec private CommandSpec spec;

    @Override public int run(Streams streams) {
        if ((model == null) != (data == null)) {
            throw new MissingParameterException(spec.commandLine(), spec.findOption(model == null ? "--model"
                    : "--data"), "");
        }
        if (Files.exists(file)) {
            throw UserError.of(say("%s is there already; choose another name, or delete it first", file));
        }
        Path folder = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw UserError.of(say("%s: no such folder; make it first", folder));
        }
        String text = model == null ? RecipeTemplate.text() : RecipeTemplate.text(model, data);
        Path schema = folder.resolve(RecipeSchema.FILE);
        AtomicFile.write(schema, RecipeSchema.text());
        AtomicFile.write(file, text);
        var sheet = new LabelledLines(streams.out());
        sheet.line(say("recipe"), file.toString());
        sheet.line(say("schema"), schema.toString());
        sheet.line(say("next"), say("set model and data.train in it, then: weft train %s", file));
        return ExitCode.DONE;
    }
}
