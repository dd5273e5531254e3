package io.weft.app.command;

import io.weft.EvaluationRun;
import io.weft.app.terminal.ComparisonTable;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.SampleColumns;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.AnswerProgress;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.generate.Sampling;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft evaluate}: what tuning changed, on the rows that were held out. */
@Command(customSynopsis = "weft evaluate RUN [--greedy] [--rows N]",
        footer = {"  @|bold weft evaluate runs/first|@", "      ${bundle:weft.evaluate.example.plain}",
        "  @|bold weft evaluate runs/first --greedy --rows 50|@", "      ${bundle:weft.evaluate.example.greedy}"})
final class Evaluate implements Verb {
    private static final EvaluationSettings USUAL = EvaluationSettings.DEFAULTS;
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Option(names = "--rows", paramLabel = "N") private Integer rows;
    @Option(names = "--samples", paramLabel = "N") private int samples = 3;
    @Option(names = "--prompt-tokens", paramLabel = "N") private int promptTokens = USUAL.promptTokens();
    @Option(names = "--batch", paramLabel = "N") private int batch = USUAL.batch();
    @Mixin private SamplingOptions sampling;
    @Mixin private BaseOption base;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run);
        Sampling how = sampling.sampling();
        var settings = new EvaluationSettings(promptTokens, how,
                rows == null ? USUAL.rows() : OptionalInt.of(rows), batch);
        int shown = Bounds.of("--samples", samples, 0, 1000);
        PrintStream told = json.told(streams);
        Comparison comparison;
        try (var progress = new AnswerProgress(streams.err())) {
            comparison = EvaluationRun.evaluate(folder.path(), base.folder(), settings, progress);
        }
        told.println();
        told.println(new ComparisonTable(comparison).text());
        told.print(new SampleColumns(comparison, 120).text(shown));
        var sheet = new LabelledLines(told);
        sheet.line(say("report"), folder.evaluation().resolve(Comparison.REPORT).toString());
        sheet.line(say("samples"), folder.evaluation().resolve(Comparison.SAMPLES).toString());
        if (json.isAsked()) {
            streams.out().print(text(folder.evaluation().resolve(Comparison.SCORES)));
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
