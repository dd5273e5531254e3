package io.weft.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.Estimate;
import io.weft.Weft;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.EstimateLines;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.train.ComputeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft estimate}: what a training would take, before it is begun. */
@Command(customSynopsis = "weft estimate [recipe.yaml] [--model DIR] [--data FILE]... [key=value ...]",
        footer = {"  @|bold weft estimate --model models/qwen3-0.6b --data alpaca.json train.batch=8|@",
        "      ${bundle:weft.estimate.example.plain}"})
final class EstimateRun implements Verb {
    @Mixin private JsonOption json;
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Option(names = "--data", paramLabel = "FILE") private List<Path> data = List.of();
    @Parameters(index = "0..*", paramLabel = "recipe.yaml key=value", descriptionKey = "words")
    private List<String> words = new ArrayList<>();
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RecipeArguments given = RecipeArguments.of(words).with("model", Optional.ofNullable(model))
                .withEach("data.train", data);
        if (RecipeReader.isStaged(given.recipe(), given.settings())) {
            throw UserError.of(say("this recipe has stages, and each of them begins with what the one before leaves; "
                    + "estimate one at a time, by a recipe of its own"));
        }
        Recipe recipe = RecipeReader.read(given.recipe(), given.settings(), List.of(), new ModelAndData());
        Estimate estimate = Weft.estimate(recipe);
        if (json.isAsked()) {
            streams.out().println(json(estimate));
        } else {
            streams.out().print(new EstimateLines(estimate).text());
        }
        return ExitCode.DONE;
    }

    private static ObjectNode json(Estimate estimate) {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("formatVersion", 1);
        estimate.fitting().memory().parts().forEach(root.putObject("bytes")::put);
        ComputeSettings compute = estimate.recipe().train().compute();
        root.put("totalBytes", estimate.fitting().memory().total())
                .put("availableBytes", estimate.fitting().available())
                .put("recompute", compute.recompute().word()).put("tokensAtOnce", estimate.fitting().atOnce())
                .put("largestPassTokens", estimate.largest()).put("stepTokens", estimate.tokens())
                .put("trainedParameters", estimate.trainable().trained());
        estimate.time().ifPresent(time -> root.put("steps", time.steps()).put("stepSeconds", time.step())
                .put("evaluations", time.evaluations()).put("evaluationSeconds", time.evaluation())
                .put("runSeconds", time.run()));
        return root;
    }
}
