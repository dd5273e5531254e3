package io.weft.app.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.StagedRun;
import io.weft.TrainingRun;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.StageLines;
import io.weft.app.terminal.Streams;
import io.weft.evaluate.Measure;
import io.weft.evaluate.stage.StageScore;
import io.weft.evaluate.stage.StageTable;
import io.weft.export.Export;
import io.weft.problem.UserError;
import io.weft.recipe.Stage;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/** Does the stages of a run before the user's eyes: which of how many, how each goes on, and what each changed. */
public final class StagedJob implements StagedRun.Watch, AutoCloseable {
    private static final Set<Reason> RESUMABLE = EnumSet.of(Reason.STOPPED);
    private final Streams streams;
    private final boolean json;
    private final PrintStream told;
    private final StopRequest stop;
    private ConsoleProgress progress;
    private RunCurves curves;

    private StagedJob(Streams streams, boolean json) {
        this.streams = streams;
        this.json = json;
        told = json ? streams.err() : streams.out();
        stop = new StopRequest(streams.err());
    }

    /** @param making a new run, or one that goes on  @return the exit code */
    public static int run(Streams streams, boolean json, Function<StagedRun.Watch, StagedRun> making) {
        try (var job = new StagedJob(streams, json); StagedRun run = making.apply(job)) {
            job.stop.watch(run::requestStop);
            return job.finish(run, job.work(run));
        }
    }

    private StagedRun.Ended work(StagedRun run) {
        try {
            return run.run();
        } catch (UserError e) {
            throw UserError.of(e.getMessage() + "\n" + say("  when that is mended: weft resume %s",
                    run.folder().path()), e);
        } finally {
            closeStage();
        }
    }

    private int finish(StagedRun run, StagedRun.Ended ended) {
        Path folder = run.folder().path();
        var sheet = new LabelledLines(told);
        boolean done = ended.reason() == Reason.DONE;
        told.println();
        ended.table().filter(table -> table.scores().size() > 1).ifPresent(table -> {
            told.println(new StageLines(table).text());
            sheet.line(say("report"), run.folder().evaluation().resolve(StageTable.PAGE).toString());
        });
        if (RESUMABLE.contains(ended.reason())) {
            sheet.line(say("go on"), "weft resume " + folder);
        } else if (!done) {
            told.println(say("Stage %s left nothing better than what it began with, so the stages behind it were not "
                    + "trained.", ended.stage().folder()));
        } else {
            sheet.line(say("run"), folder.toString());
            sheet.line(say("next"), "weft evaluate " + folder);
            sheet.more("weft chat " + folder);
            sheet.more("weft serve " + folder + " --port 8000");
        }
        if (json) {
            streams.out().println(json(run, ended));
        }
        return done ? ExitCode.DONE : RESUMABLE.contains(ended.reason()) ? ExitCode.RESUMABLE : ExitCode.USER;
    }

    private static String json(StagedRun run, StagedRun.Ended ended) {
        ObjectNode root = new ObjectMapper().createObjectNode().put("formatVersion", 1)
                .put("run", run.folder().path().toAbsolutePath().normalize().toString())
                .put("reason", ended.reason().word()).put("stages", run.recipe().stages().size())
                .put("done", run.done()).put("stage", ended.stage().folder());
        ended.table().ifPresent(table -> {
            var scores = root.putArray("scores");
            table.scores().forEach(score -> {
                ObjectNode node = scores.addObject().put("stage", score.number()).put("name", score.name());
                score.scores().forEach(node::put);
            });
        });
        return root.toString();
    }

    @Override public void note(String sentence) { told.println(sentence); }

    @Override public void begins(Stage stage, int of) {
        told.println();
        told.println(say("stage %d of %d: %s", stage.number(), of, stage.name()));
    }

    @Override public RunListener listener(Stage.Training stage, RunFolder folder) {
        closeStage();
        progress = ConsoleProgress.on(told, stage.recipe().train().cadence().logEvery());
        curves = new RunCurves(folder);
        return progress.and(curves);
    }

    @Override public void ready(Stage.Training stage, TrainingRun run) {
        new RunOpening(run, stage.recipe().train()).print(told);
    }

    @Override public void trained(Stage.Training stage, TrainingRun run, Finished finished) {
        closeStage();
        if (finished.reason() != Reason.STOPPED) {
            new RunOutcome(run, finished).diagnose(told);
        }
    }

    @Override public void merged(Export export) { told.println(export); }

    @Override public void scored(StageScore score) {
        Double loss = score.scores().get(Measure.LOSS.key());
        if (loss != null) {
            told.println(say("held-out loss %s of %s", String.format(Locale.ROOT, "%.4f", loss), score.number() == 0
                    ? say("base") : score.name()));
        }
    }

    private void closeStage() {
        if (progress != null) {
            progress.close();
            curves.close();
            progress = null;
        }
    }

    @Override public void close() {
        closeStage();
        stop.close();
    }
}
