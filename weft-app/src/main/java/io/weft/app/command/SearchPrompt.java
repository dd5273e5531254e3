package io.weft.app.command;

import io.weft.PromptSearch;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.PromptColumns;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.SearchProgress;
import io.weft.problem.UserError;
import io.weft.prompt.SearchMethod;
import io.weft.prompt.SearchResult;
import io.weft.prompt.SearchSettings;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.settings.Word;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft prompt search}: a plain text that makes a frozen model do a task better. */
@Command(customSynopsis = "weft prompt search --model DIR --data FILE --out DIR [--method M] [--budget N] ...",
        footer = {"  @|bold weft prompt search --model models/qwen3-0.6b --data labels.jsonl --out prompts/labels|@",
        "      ${bundle:weft.prompt.example.plain}",
        "  @|bold weft serve models/qwen3-0.6b --prompt prompts/labels/prompt.txt|@",
        "      ${bundle:weft.prompt.example.serve}"})
final class SearchPrompt implements Verb {
    private static final SearchSettings USUAL = SearchSettings.DEFAULTS;
    private static final String ACTION = "search";
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = ACTION, descriptionKey = "action") private String action;
    @Option(names = "--model", paramLabel = "DIR", required = true) private Path model;
    @Option(names = "--data", paramLabel = "FILE", required = true) private Path data;
    @Option(names = "--out", paramLabel = "DIR", required = true) private Path out;
    @Option(names = "--method", paramLabel = "swap|instruction|demonstrations|all")
    private String method = USUAL.method().word();
    @Option(names = "--budget", paramLabel = "N") private int budget = USUAL.budget();
    @Option(names = "--length", paramLabel = "N") private int length = USUAL.length();
    @Option(names = "--instructions", paramLabel = "FILE") private Path instructions;
    @Option(names = "--proposals", paramLabel = "N") private int proposals = USUAL.proposals();
    @Option(names = "--shots", paramLabel = "N") private int shots = USUAL.shots();
    @Option(names = "--seed", paramLabel = "N") private long seed = USUAL.seed();
    @Option(names = "--rows", paramLabel = "N") private int rows = USUAL.rows();
    @Parameters(index = "1..*", paramLabel = "key=value", descriptionKey = "words")
    private List<String> words = new ArrayList<>();
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        if (!action.equals(ACTION)) {
            throw UserError.of(say("weft prompt %s: no such command; there is weft prompt search", action));
        }
        var settings = new SearchSettings(method(), budget, length, shots, proposals, seed, rows);
        PrintStream told = json.told(streams);
        List<String> given = instructions == null ? List.of() : PromptSearch.instructions(instructions);
        SearchResult result;
        try (var progress = new SearchProgress(streams.err())) {
            result = new PromptSearch(recipe(), settings, given, out).run(progress);
        }
        print(result, told);
        if (json.isAsked()) {
            streams.out().print(text(out.resolve(SearchResult.RESULT)));
        }
        return result.isFound() ? ExitCode.DONE : ExitCode.USER;
    }

    private SearchMethod method() {
        return Word.named(SearchMethod.class, method).orElseThrow(() -> UserError.of(say("--method: '%s'; expected %s",
                method, Stream.of(SearchMethod.values()).map(Word::word).collect(Collectors.joining(", ")))));
    }

    private Recipe recipe() {
        List<String> foreign = words.stream().filter(word -> !word.startsWith("data.")).toList();
        if (!foreign.isEmpty()) {
            throw UserError.of(say("%s: a search takes settings of the data alone, such as data.prompt=template",
                    foreign.get(0)));
        }
        return RecipeReader.read(Optional.empty(), RecipeArguments.of(words).with("model", Optional.of(model))
                .with("data.train", Optional.of(data)).settings(), List.of(), new ModelAndData());
    }

    private void print(SearchResult result, PrintStream to) {
        to.println();
        var sheet = new LabelledLines(to);
        if (result.isFound()) {
            result.text().lines().limit(12).forEach(line -> to.println("  " + line));
            to.println();
        } else {
            to.println(say("No prompt that was tried is better than none on the training rows; there is no prompt.txt. "
                    + "Raise --budget, or try another --method."));
        }
        sheet.line(say("loss"), say("%.4f on %,d training rows, %.4f without a prompt", result.loss(), result.judged(),
                result.bareLoss()));
        sheet.line(say("passes"), say("%,d of %,d in %.0f s, %.1f a second; %,d more for the table", result.passes(),
                budget, result.seconds(), result.passesPerSecond(), result.tablePasses()));
        if (result.table() != null) {
            to.println();
            to.print(new PromptColumns(result.table()).text());
            to.println();
        }
        if (result.isFound()) {
            sheet.line(say("prompt"), say("%s (%,d tokens)", out.resolve(SearchResult.PROMPT), result.tokens()));
        }
        sheet.line(say("details"), out.resolve(SearchResult.RESULT).toString());
        if (result.isFound()) {
            sheet.line(say("serve"), "weft serve " + model + " --prompt " + out.resolve(SearchResult.PROMPT));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
