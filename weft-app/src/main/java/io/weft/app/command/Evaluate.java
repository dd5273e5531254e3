package io.weft.app.command;

import io.weft.EvaluationRun;
import io.weft.ModelsEvaluation;
import io.weft.PromptEvaluation;
import io.weft.app.option.BaseOption;
import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.PromptOption;
import io.weft.app.option.SamplingOptions;
import io.weft.app.terminal.ComparisonTable;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.PromptColumns;
import io.weft.app.terminal.SampleColumns;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.AnswerProgress;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.file.JsonFile;
import io.weft.loaded.ModelSource;
import io.weft.problem.UserError;
import io.weft.prompt.PromptTable;
import io.weft.rating.RatedReport;
import io.weft.run.RunFolder;
import io.weft.token.encode.HardPrompt;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft evaluate}: what tuning changed, or how models compare, on rows that were held out. */
@Command(customSynopsis = {"weft evaluate RUN [--greedy] [--rows N]",
        "weft evaluate RUN_OR_MODEL... [--data FILE] [--out DIR]",
        "weft evaluate RUN_OR_MODEL --prompt FILE [--data FILE]"},
        footer = {"  @|bold weft evaluate runs/first|@", "      ${bundle:weft.evaluate.example.plain}",
        "  @|bold weft evaluate runs/first --greedy --rows 50|@", "      ${bundle:weft.evaluate.example.greedy}",
        "  @|bold weft evaluate runs/first runs/second models/other --greedy|@",
        "      ${bundle:weft.evaluate.example.several}"})
final class Evaluate implements Verb {
    private static final EvaluationSettings USUAL = EvaluationSettings.DEFAULTS;
    @Mixin private JsonOption json;
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "RUN_OR_MODEL", descriptionKey = "run")
    private List<Path> models;
    @Option(names = "--rows", paramLabel = "N") private Integer rows;
    @Option(names = "--samples", paramLabel = "N") private int samples = 3;
    @Option(names = "--prompt-tokens", paramLabel = "N") private int promptTokens = USUAL.promptTokens();
    @Option(names = "--batch", paramLabel = "N") private int batch = USUAL.batch();
    @Option(names = "--data", paramLabel = "FILE") private Path data;
    @Option(names = "--out", paramLabel = "DIR") private Path out;
    @Mixin private PromptOption prompt;
    @Mixin private SamplingOptions sampling;
    @Mixin private BaseOption base;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        if (prompt.read().isPresent()) {
            return ofPrompt(prompt.read().get(), streams);
        }
        var settings = new EvaluationSettings(promptTokens, sampling.sampling(),
                rows == null ? USUAL.rows() : OptionalInt.of(rows), batch);
        int shown = Bounds.of("--samples", samples, 0, 1000);
        PrintStream told = json.told(streams);
        ModelsEvaluation.Result result;
        try (var progress = new AnswerProgress(streams.err())) {
            if (models.size() == 1 && data == null && out == null) {
                RunFolder folder = ofRuns(models.get(0));
                result = new ModelsEvaluation.Result(EvaluationRun.evaluate(folder.path(), base.folder(), settings,
                        progress), folder.evaluation());
            } else {
                result = ModelsEvaluation.evaluate(models, base.folder(), Optional.ofNullable(data),
                        Optional.ofNullable(out), settings, progress);
            }
        }
        told.println();
        told.println(new ComparisonTable(result.comparison(), RatedReport.results(result.folder())).text());
        told.print(new SampleColumns(result.comparison(), 120).text(shown));
        var sheet = new LabelledLines(told);
        sheet.line(say("report"), result.folder().resolve(Comparison.REPORT).toString());
        sheet.line(say("samples"), result.folder().resolve(Comparison.SAMPLES).toString());
        if (json.isAsked()) {
            streams.out().print(text(result.folder().resolve(Comparison.SCORES)));
        }
        return ExitCode.DONE;
    }

    /** A model alone needs rows, and nothing that it is compared with. */
    private static RunFolder ofRuns(Path named) {
        if (!RunFolder.isOne(named) && Files.isRegularFile(named.resolve("config.json"))) {
            throw UserError.of(say("%s is a model and no run, so no rows are held out to judge it by; give a file of "
                    + "rows with --data, or name runs beside it", named));
        }
        return RunFolder.open(named);
    }

    /** The same model without the prompt and with it. */
    private int ofPrompt(HardPrompt text, Streams streams) {
        var settings = new EvaluationSettings(promptTokens, sampling.sampling(),
                rows == null ? USUAL.rows() : OptionalInt.of(rows), batch);
        if (models.size() != 1 || out != null) {
            throw UserError.of(say("--prompt goes with one run or model, and writes no files"));
        }
        PrintStream told = json.told(streams);
        PromptTable table;
        try (var progress = new AnswerProgress(streams.err())) {
            table = PromptEvaluation.of(ModelSource.of(models.get(0), base.folder()), text, Optional.ofNullable(data),
                    settings,
                    progress);
        }
        told.println();
        told.print(new PromptColumns(table).text());
        if (json.isAsked()) {
            streams.out().println(JsonFile.JSON.valueToTree(table).toPrettyString());
        }
        return ExitCode.DONE;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
