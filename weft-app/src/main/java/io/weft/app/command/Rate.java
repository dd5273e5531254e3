package io.weft.app.command;

import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.JudgeOption;
import io.weft.app.rate.RatingServer;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.RatingSheet;
import io.weft.app.terminal.Signals;
import io.weft.app.terminal.Streams;
import io.weft.problem.UserError;
import io.weft.rating.RatedReport;
import io.weft.rating.RatedRows;
import io.weft.rating.RatingCount;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingJson;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingResults;
import io.weft.rating.RatingSettings;
import io.weft.rating.RatingSettings.Question;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft rate}: people, or another model, judge the answers of runs, blind. */
@Command(customSynopsis = {"weft rate RUN... [--rows N] [--port N]", "weft rate RUN... --report",
        "weft rate RUN... --judge URL_OR_DIR [--judge-model NAME] [--judge-key-env VARIABLE]"},
        footer = {"  @|bold weft rate runs/first|@", "      ${bundle:weft.rate.example.page}",
        "  @|bold weft rate runs/first runs/second --rows 50|@", "      ${bundle:weft.rate.example.runs}",
        "  @|bold weft rate runs/first --report|@", "      ${bundle:weft.rate.example.report}",
        "  @|bold weft rate runs/first --judge http://127.0.0.1:11434/v1 --judge-model qwen3:32b|@",
        "      ${bundle:weft.rate.example.judge}"})
final class Rate implements Verb {
    private static final RatingSettings USUAL = RatingSettings.DEFAULTS;
    private static final int LAST_PORT = 65535;
    @Mixin private JsonOption json;
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "RUN", descriptionKey = "runs") private List<Path> runs;
    @Option(names = "--rows", paramLabel = "N") private Integer rows;
    @Option(names = "--seed", paramLabel = "N") private long seed = USUAL.seed();
    @Option(names = "--ask", paramLabel = "WHAT") private String question = USUAL.question().word();
    @Option(names = "--models", paramLabel = "NAME,NAME", split = ",") private List<String> models;
    @Option(names = "--port", paramLabel = "N") private int port;
    @Option(names = "--report") private boolean report;
    @Mixin private JudgeOption judge;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        PrintStream told = json.told(streams);
        RatedRows all = RatedRows.of(runs);
        RatedRows rated = models == null ? all : all.only(models);
        rated.notes().forEach(streams.err()::println);
        RatingFile file = RatingFile.open(rated.file());
        file.notes().forEach(streams.err()::println);
        if (!report) {
            var settings = new RatingSettings(rows == null ? USUAL.rows() : OptionalInt.of(rows), seed,
                    Question.of(question));
            RatingPlan plan = planned(rated, settings);
            if (judge.isAsked()) {
                judge.run(plan, file, streams, told);
            } else {
                serve(plan, file, told);
            }
        }
        RatedReport.refresh(rated.file().getParent());
        return tell(RatingCount.of(rated, RatingFile.open(rated.file()), seed), file, streams);
    }

    private static RatingPlan planned(RatedRows rated, RatingSettings settings) {
        RatingPlan plan = RatingPlan.of(rated, settings);
        if (plan.screens().isEmpty()) {
            throw UserError.of(say("all %,d answers are the same from all of these models: there is nothing to "
                    + "prefer; take --ask scores, or other runs", plan.rows()));
        }
        return plan;
    }

    private void serve(RatingPlan plan, RatingFile file, PrintStream told) {
        CountDownLatch ended = new CountDownLatch(1);
        try (RatingServer server = RatingServer.start(plan, file, Bounds.of("--port", port, 0, LAST_PORT));
                Signals signals = Signals.any(ended::countDown)) {
            told.println(plan.same() == 0 ? say("%,d rows, %,d screens for each rater", plan.rows(),
                    plan.screens().size())
                    : say("%,d rows, %,d screens for each rater; the answers to %,d rows are the same from all and are "
                    + "not compared", plan.rows(), plan.screens().size(), plan.same()));
            told.println(say("open %s", server.address()));
            told.println(say("this machine alone reaches it, and only by that address; every judgement is kept in %s; "
                    + "Ctrl-C ends and shows the result", file.path()));
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int tell(RatingResults results, RatingFile file, Streams streams) {
        PrintStream told = json.told(streams);
        told.println();
        told.print(new RatingSheet(results).text());
        new LabelledLines(told).line(say("kept in"), file.path().toString());
        if (json.isAsked()) {
            streams.out().println(RatingJson.of(results).toPrettyString());
        }
        return ExitCode.DONE;
    }
}
