package io.weft.app.command;

import io.weft.EvaluationRun;
import io.weft.app.terminal.ComparisonTable;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.SampleColumns;
import io.weft.app.terminal.Streams;
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

import static io.weft.problem.Language.say;

/** {@code weft evaluate}: what tuning changed, on the rows that were held out. */
final class Evaluate implements Command {
    private static final int USUAL_SAMPLES = 3;
    private final Syntax syntax = Syntax.withJson("evaluate", "RUN [--greedy] [--rows N]",
            say("Lets the base and the tuned model answer the held-out rows, and compares them in a table, samples "
            + "and a report."));
    private final Argument<Path> run = syntax.place("RUN", say("folder of a finished run"));
    private final Argument<Integer> rows = syntax.number("--rows", "N", say("only the first N held-out rows"));
    private final Argument<Integer> samples = syntax.number("--samples", "N",
            say("answers shown side by side; %d by default", USUAL_SAMPLES));
    private final Argument<Integer> promptTokens = syntax.number("--prompt-tokens", "N",
            say("longest prompt; %d by default", EvaluationSettings.DEFAULTS.promptTokens()));
    private final Argument<Integer> batch = syntax.number("--batch", "N",
            say("rows answered together; %d by default", EvaluationSettings.DEFAULTS.batch()));
    private final SamplingOptions sampling = new SamplingOptions(syntax);

    @Override public Syntax syntax() {
        return syntax.example("weft evaluate runs/first",
                say("all held-out rows, with the tutorial's temperature 0.7 and top-p 0.9"))
                .example("weft evaluate runs/first --greedy --rows 50",
                say("the likeliest answers to fifty rows; the same table every time"));
    }

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run.required());
        EvaluationSettings usual = EvaluationSettings.DEFAULTS;
        Sampling how = sampling.sampling();
        var settings = new EvaluationSettings(promptTokens.given().orElse(usual.promptTokens()), how,
                rows.given().map(OptionalInt::of).orElse(usual.rows()), batch.given().orElse(usual.batch()));
        int shown = Bounds.of("--samples", samples.given().orElse(USUAL_SAMPLES), 0, 1000);
        PrintStream told = syntax.json() ? streams.err() : streams.out();
        Comparison comparison;
        try (var progress = new AnswerProgress(streams.err())) {
            comparison = EvaluationRun.evaluate(folder.path(), settings, progress);
        }
        told.println();
        told.println(new ComparisonTable(comparison).text());
        told.print(new SampleColumns(comparison, 120).text(shown));
        var sheet = new LabelledLines(told);
        sheet.line(say("report"), folder.evaluation().resolve(Comparison.REPORT).toString());
        sheet.line(say("samples"), folder.evaluation().resolve(Comparison.SAMPLES).toString());
        if (syntax.json()) {
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
