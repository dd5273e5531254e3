package io.weft.app.watch;

import io.weft.TrainingRun;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.file.AtomicFile;
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
    /** Where the launcher wants to be told. */
    private static final String RUN_NOTE = "WEFT_RUN_NOTE";

    /** @param making a new run, or one that goes on  @return the exit code */
    public int run(Path folder, Function<RunListener, TrainingRun> making) {
        PrintStream told = json ? streams.err() : streams.out();
        try (var stop = new StopRequest(streams.err()); var progress =
                ConsoleProgress.on(told, settings.cadence().logEvery());
                var curves = new RunCurves(new RunFolder(folder)); TrainingRun run =
                        making.apply(progress.and(curves))) {
            stop.watch(run);
            tellLauncher(folder);
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

    /** Which run goes on where this process is killed for memory; and whoever kills the launcher means this process. */
    private static void tellLauncher(Path folder) {
        String note = System.getenv(RUN_NOTE);
        if (note != null && !note.isEmpty()) {
            AtomicFile.write(Path.of(note), folder.toAbsolutePath() + "\n");
            ProcessHandle.current().parent().ifPresent(launcher -> launcher.onExit().thenRun(() ->
                    Runtime.getRuntime().halt(ExitCode.KILLED)));
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
