package io.weft.app.watch;

import io.weft.TrainingRun;
import io.weft.app.terminal.Streams;
import io.weft.problem.UserError;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.train.TrainSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/** Trains before the user's eyes: says what is done with which rows, shows how it goes on, and tells what came out. */
public record TrainingJob(Streams streams, boolean json, TrainSettings settings) {
    /** @param making a new run, or one that goes on  @return the exit code */
    public int run(Path folder, Function<RunListener, TrainingRun> making) {
        PrintStream told = json ? streams.err() : streams.out();
        try (var stop = new StopRequest(streams.err()); var progress =
                ConsoleProgress.on(told, settings.cadence().logEvery());
                var curves = new RunCurves(new RunFolder(folder)); TrainingRun run =
                        making.apply(progress.and(curves))) {
            stop.watch(run);
            new RunOpening(run, settings).print(told);
            Finished finished = train(run);
            progress.close();
            var outcome = new RunOutcome(run, finished);
            outcome.print(told);
            if (json) {
                streams.out().println(outcome.json());
            }
            return outcome.exitCode();
        }
    }

    /** What breaks a run off leaves it as it last was saved, and when the reason is mended it can go on. */
    private static Finished train(TrainingRun run) {
        try {
            return run.train();
        } catch (UserError e) {
            throw UserError.of(e.getMessage() + "\n" + say("  when that is mended: weft resume %s",
                    run.folder().path()), e);
        }
    }
}
