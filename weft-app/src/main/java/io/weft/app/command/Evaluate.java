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
            say("Lets the base and the tuned model answer the held-out rows, and compares them in a table, samples and a report.", "让基座模型与微调后的模型回答留出的数据,并以表格、样例和报告对比。"));
    private final Argument<Path> run = syntax.place("RUN", say("folder of a finished run", "已完成的训练目录"));
    private final Argument<Integer> rows = syntax.number("--rows", "N", say("only the first N held-out rows", "只用前 N 条留出数据"));
    private final Argument<Integer> samples = syntax.number("--samples", "N", say("answers shown side by side; %d by default", "并排显示的样例数;默认 %d", USUAL_SAMPLES));
    private final Argument<Integer> promptTokens = syntax.number("--prompt-tokens", "N", say("longest prompt; %d by default", "提示的最大词元数;默认 %d", EvaluationSettings.DEFAULTS.promptTokens()));
    private final Argument<Integer> batch = syntax.number("--batch", "N", say("rows answered together; %d by default", "同时回答的条数;默认 %d", EvaluationSettings.DEFAULTS.batch()));
    private final SamplingOptions sampling = new SamplingOptions(syntax);

    @Override public Syntax syntax() {
        return syntax.example("weft evaluate runs/first", say("all held-out rows, with the tutorial's temperature 0.7 and top-p 0.9", "全部留出数据,使用教程的温度 0.7 与 top-p 0.9"))
                .example("weft evaluate runs/first --greedy --rows 50", say("the likeliest answers to fifty rows; the same table every time", "50 条数据,取最可能的回答;每次结果相同"));
    }

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run.required());
        EvaluationSettings usual = EvaluationSettings.DEFAULTS;
        Sampling how = sampling.sampling();
        var settings = new EvaluationSettings(promptTokens.given().orElse(usual.promptTokens()), how, rows.given().map(OptionalInt::of).orElse(usual.rows()), batch.given().orElse(usual.batch()));
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
        sheet.line(say("report", "报告"), folder.evaluation().resolve(Comparison.REPORT).toString());
        sheet.line(say("samples", "样例"), folder.evaluation().resolve(Comparison.SAMPLES).toString());
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
