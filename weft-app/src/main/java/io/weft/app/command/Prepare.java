package io.weft.app.command;

import io.weft.DataPreparation;
import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import io.weft.app.terminal.VerdictLines;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.check.Level;
import io.weft.data.check.report.DataCheck;
import io.weft.data.check.report.JsonReport;
import io.weft.data.prepare.Manifest;
import io.weft.data.prepare.PreparedData;
import io.weft.data.review.ReviewQueue;
import io.weft.feedback.Feedback;
import io.weft.feedback.TodoFiles;
import io.weft.feedback.WeakRow;
import io.weft.problem.UserError;
import io.weft.recipe.Findings;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.settings.Word;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft prepare}: rows made ready and checked before anything is trained. */
@Command(customSynopsis = {"weft prepare FILE... --out RUN [--model DIR] [--fail-on warn|fail] [key=value ...]",
        "weft prepare --feedback RUN [--rows N]"},
        footer = {"  @|bold weft prepare alpaca.json --out runs/first|@",
        "      ${bundle:weft.prepare.example.plain}",
        "  @|bold weft prepare alpaca.json --out runs/first --model models/qwen3-0.6b --fail-on warn|@",
        "      ${bundle:weft.prepare.example.model}",
        "  @|bold weft prepare --feedback runs/first|@",
        "      ${bundle:weft.prepare.example.feedback}"})
final class Prepare implements Verb {
    /** Stands in the recipe where no model was named; the recipe is not kept. */
    private static final String NO_MODEL = "-";
    private static final int FIRST = 5;
    @Mixin private JsonOption json;
    @Parameters(index = "0..*", paramLabel = "FILE key=value", descriptionKey = "files")
    private List<String> words = new ArrayList<>();
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Option(names = "--out", paramLabel = "RUN") private Path out;
    @Option(names = "--fail-on", paramLabel = "warn|fail") private String failOn;
    @Option(names = "--feedback", paramLabel = "RUN") private Path feedback;
    @Option(names = "--rows", paramLabel = "N") private int rows = Feedback.ROWS;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        if (feedback != null) {
            return feedback(streams);
        }
        if (out == null) {
            throw UserError.of(say("--out is missing: give a folder for the prepared rows, new or empty"));
        }
        List<String> files = words.stream().filter(word -> !RecipeArguments.isSetting(word)).toList();
        List<String> settings = words.stream().filter(RecipeArguments::isSetting).toList();
        RecipeArguments given = new RecipeArguments(Optional.empty(), settings)
                .with("model", Optional.ofNullable(model))
                .withEach("data.train", files.stream().map(Path::of).toList());
        Recipe recipe = RecipeReader.read(Optional.empty(), given.settings(), List.of("model=" + NO_MODEL),
                this::check);
        boolean classes = recipe.train().objective().eats().contains(Labelled.class);
        DataPreparation made = DataPreparation.of(recipe, kind -> kind != (classes ? Judged.class : Labelled.class),
                !recipe.model().equals(NO_MODEL), out);
        print(made, recipe, json.told(streams));
        if (json.isAsked()) {
            streams.out().println(JsonReport.text(made.checked()));
        }
        return exitCode(made, streams.err());
    }

    /** Which rows of a run to look at before its next round. */
    private int feedback(Streams streams) {
        if (out != null || model != null || failOn != null || !words.isEmpty()) {
            throw UserError.of(say("--feedback goes with --rows alone: it looks at the rows that the run was trained "
                    + "on, and writes its list beside them"));
        }
        Feedback found = Feedback.of(feedback, Bounds.of("--rows", rows, 1, 10_000));
        Path page = TodoFiles.write(found);
        PrintStream told = json.told(streams);
        for (WeakRow row : found.rows().subList(0, Math.min(FIRST, found.rows().size()))) {
            told.println(row.place().map(Object::toString).orElse(say("held-out row %d", row.number())) + ": "
                    + TodoFiles.task(row));
            row.nearest().stream().findFirst().ifPresent(near -> told.println("     "
                    + say("nearest: %s, %.0f %% alike", near.place(), 100 * near.similarity())));
        }
        told.println();
        var sheet = new LabelledLines(told);
        sheet.line(say("to do"), say("%s, %d rows", page, found.rows().size()));
        sheet.more(page.resolveSibling(TodoFiles.TABLE).toString());
        if (json.isAsked()) {
            streams.out().println(found.json());
        }
        return ExitCode.DONE;
    }

    private void check(Recipe recipe, Findings findings) {
        if (failOn != null && limit().isEmpty()) {
            findings.add("--fail-on", say("'%s'; expected warn or fail", failOn));
        }
        new ModelAndData().check(recipe.model().equals(NO_MODEL) ? recipe.withModel("") : recipe, findings);
    }

    private Optional<Level> limit() {
        return Optional.ofNullable(failOn).flatMap(word -> Word.named(Level.class, word))
                .filter(level -> level != Level.PASS);
    }

    private void print(DataPreparation made, Recipe recipe, PrintStream to) {
        Manifest manifest = made.data().manifest();
        Manifest.Counts rows = manifest.counts();
        var sheet = new LabelledLines(to);
        sheet.line(say("data"), say("%s: %,d rows read, %,d rejected; %,d to train on, %,d held out",
                manifest.source().file(), rows.read(), rows.rejected(), rows.train(), rows.heldOut()));
        sheet.more(say("rows as %s, prompts as %s", manifest.settings().format(),
                manifest.settings().prompt().orElseThrow().word()));
        to.println();
        new VerdictLines(made.checked()).print(to);
        to.println();
        sheet.line(say("report"), made.data().folder().resolve(PreparedData.REPORT).toString());
        sheet.more(made.data().folder().resolve(DataCheck.JSON).toString());
        Path review = made.data().folder().resolve(ReviewQueue.TABLE);
        if (Files.exists(review)) {
            sheet.more(say("contradictions to decide: %s; fill in its column decision (keep, drop, change) and name "
                    + "the file: data.mend.decisions=FILE", review));
        }
        if (!recipe.model().equals(NO_MODEL)) {
            sheet.line(say("next"), next(recipe));
        }
    }

    /** With everything that decided about the rows, so that training takes them as they are. */
    private String next(Recipe recipe) {
        return "weft train --model " + recipe.model() + words.stream().filter(word -> !RecipeArguments.isSetting(word))
                .map(file -> " --data " + quoted(file)).collect(Collectors.joining()) + " --out " + quoted(
                out.toString()) + words.stream().filter(RecipeArguments::isSetting)
                .map(setting -> " " + quoted(setting)).collect(Collectors.joining());
    }

    private static String quoted(String word) {
        return word.matches("[\\w.=/:,+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private int exitCode(DataPreparation made, PrintStream to) {
        Optional<Level> limit = limit();
        if (limit.isEmpty() || made.checked().level().compareTo(limit.get()) < 0) {
            return ExitCode.DONE;
        }
        to.println(say("the checks end with %s, and --fail-on is %s: exit code %d", made.checked().level().said(),
                limit.get().word(), ExitCode.USER));
        return ExitCode.USER;
    }
}
