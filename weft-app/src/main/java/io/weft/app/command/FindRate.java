package io.weft.app.command;

import io.weft.RangeTest;
import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.RateChart;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.train.RateCurve;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft range-test}: finds a learning rate in a few dozen steps. */
@Command(customSynopsis = "weft range-test [recipe.yaml] [--model DIR] [--data FILE] [--steps N] [key=value ...]",
        footer = {"  @|bold weft range-test --model models/qwen3-0.6b --data alpaca.json|@",
        "      ${bundle:weft.range-test.example.plain}"})
final class FindRate implements Verb {
    private static final int SHOWN_EVERY = 5;
    @Mixin private JsonOption json;
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Option(names = "--data", paramLabel = "FILE") private Path data;
    @Option(names = "--out", paramLabel = "DIR") private Path out;
    @Option(names = "--steps", paramLabel = "N") private int steps = RangeTest.STEPS;
    @Option(names = "--from", paramLabel = "RATE") private Double from;
    @Option(names = "--to", paramLabel = "RATE") private Double to;
    @Parameters(index = "0..*", paramLabel = "recipe.yaml key=value", descriptionKey = "words")
    private List<String> words = new ArrayList<>();
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RecipeArguments given = RecipeArguments.of(words).with("model", Optional.ofNullable(model))
                .with("data.train", Optional.ofNullable(data));
        Recipe recipe = RecipeReader.read(given.recipe(), given.settings(), List.of(), new ModelAndData());
        var settings = new RangeTest.Settings(rate(from), rate(to), Bounds.of("--steps", steps, 10, 1000));
        Path folder = out != null ? out : usualFolder();
        PrintStream told = json.told(streams);
        int[] count = {0};
        RangeTest test = RangeTest.of(recipe, folder, settings, point -> {
            if (count[0]++ % SHOWN_EVERY == 0) {
                told.println(say("learning rate %s  loss %.4f  (%.4f untouched)", shown(point.rate()), point.loss(),
                        point.before()));
            }
        });
        RateChart.write(folder.resolve(RangeTest.CHART), test.curve());
        print(test, folder, told);
        if (json.isAsked()) {
            streams.out().println(test.json());
        }
        return ExitCode.DONE;
    }

    private void print(RangeTest test, Path folder, PrintStream told) {
        RateCurve.Suggestion suggested = test.curve().suggestion();
        if (!(suggested.fall() > 0)) {
            throw UserError.of(say("the loss fell at none of %d learning rates, up to %s: look at what is learned "
                    + "(weft show), and at the prompt form (data.prompt)", test.curve().points().size(),
                    shown(test.curve().points().get(test.curve().points().size() - 1).rate())));
        }
        told.println();
        var sheet = new LabelledLines(told);
        sheet.line(say("suggested"), "train.learningRate=" + shown(suggested.rate()));
        sheet.line(say("because"), say("the loss fell by %.1f %% of the untouched model's on the same rows, and up to "
                + "a learning rate of %s nothing of that was lost; a third of it keeps clear of that edge",
                100 * suggested.fall(), shown(suggested.edge())));
        if (suggested.isAtEnd()) {
            sheet.more(say("no harm was done up to the end: a higher rate may be better; see --to"));
        }
        sheet.line(say("chart"), folder.resolve(RangeTest.CHART).toString());
    }

    private static OptionalDouble rate(Double given) {
        return given == null ? OptionalDouble.empty() : OptionalDouble.of(given);
    }

    private static String shown(double rate) {
        return Double.toString(Double.parseDouble(String.format(Locale.ROOT, "%.1e", rate))).replace(".0E", "E")
                .replace('E', 'e');
    }

    private static Path usualFolder() {
        Path folder = Path.of("runs", "range-test");
        for (int i = 2; Files.exists(folder); i++) {
            folder = Path.of("runs", "range-test-" + i);
        }
        return folder;
    }
}
